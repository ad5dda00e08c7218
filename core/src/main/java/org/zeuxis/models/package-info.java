/** What every model that draws has in common; each model is a package below. */
package org.zeuxis.models;
