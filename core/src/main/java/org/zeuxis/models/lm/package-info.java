/** Language models: one decoder, and what each published family makes it of. */
package org.zeuxis.models.lm;
