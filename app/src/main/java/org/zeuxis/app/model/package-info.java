/** Models as files: {@code pull}, {@code convert}, {@code inspect}, and {@code doctor}, who looks at the machine. */
package org.zeuxis.app.model;
