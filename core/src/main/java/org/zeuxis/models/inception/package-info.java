/** InceptionV3 as TensorFlow had it in 2015: through it FID, the Inception score, precision and recall look at pictures. */
package org.zeuxis.models.inception;
