/** CLIP: pictures and sentences in one space. */
package org.zeuxis.models.clip;
