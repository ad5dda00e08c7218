package org.zeuxis.planted.checkpoint;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Map;

public interface ShowsJson {
    Map<String, JsonNode> values();
}
