/** What a training writes down for people: a table, a page, events for TensorBoard. */
package org.zeuxis.train.log;
