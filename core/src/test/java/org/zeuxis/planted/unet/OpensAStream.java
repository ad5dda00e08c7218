package org.zeuxis.planted.unet;

import java.io.InputStream;

interface OpensAStream {
    InputStream weights();
}
