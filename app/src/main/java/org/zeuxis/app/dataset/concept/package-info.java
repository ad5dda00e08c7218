/** What is drawn: the concepts behind the characters, their names, which of them are held out. */
package org.zeuxis.app.dataset.concept;
