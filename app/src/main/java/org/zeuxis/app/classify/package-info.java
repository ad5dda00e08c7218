/** {@code classify}: what pictures show, of labels that are given. */
package org.zeuxis.app.classify;
