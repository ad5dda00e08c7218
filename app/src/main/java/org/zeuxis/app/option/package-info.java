/** Options that several commands share, and the models they name. */
package org.zeuxis.app.option;
