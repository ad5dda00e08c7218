/** Strict configurations, in and out: every key is read or refused by name. */
package org.zeuxis.config;
