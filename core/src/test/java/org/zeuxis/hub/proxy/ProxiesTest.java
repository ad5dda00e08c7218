package org.zeuxis.hub.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which proxy leads where, for the ways in which people write it. */
class ProxiesTest {
    private static final URI HUB = URI.create("https://huggingface.co/x");

    /** Each answer is that of Python's httpx2 2.16. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "*                       | https://a.example         | true",
                "b.example, * ,c         | https://a.example         | true",
                "a.example               | https://a.example         | true",
                "A.Example               | https://a.EXAMPLE         | true",
                "a.example               | https://b.a.example       | true",
                "a.example               | https://ba.example        | false",
                ".a.example              | https://b.a.example       | true",
                ".a.example              | https://a.example         | false",
                "*.a.example             | https://b.a.example       | true",
                "*.a.example             | https://a.example         | false",
                "x, a.example ,y         | https://a.example         | true",
                "a.example:8080          | http://a.example:8080     | true",
                "a.example:8080          | http://a.example          | false",
                "http://a.example        | https://a.example         | false",
                "https://a.example       | https://a.example         | true",
                "https://a.example       | https://b.a.example       | false",
                "all://a.example:99      | https://a.example:99      | true",
                "localhost               | http://localhost:1234     | true",
                "localhost               | http://b.localhost        | false",
                "localhost               | http://127.0.0.1          | false",
                "127.0.0.1               | http://127.0.0.1:1234     | true",
                "127.0.0.1               | http://127.0.0.11         | false",
                "10.0.0.0/8              | http://10.200.3.4         | true",
                "10.0.0.0/8              | http://11.0.0.1           | false",
                "192.168.3.7/23          | http://192.168.2.9        | true",
                "192.168.3.7/23          | http://192.168.4.1        | false",
                "10.0.0.0/99             | http://10.0.0.1           | false",
                "::1                     | http://[::1]:8080         | true",
                "[::1]                   | http://[::1]              | true",
                "fd00::/8                | http://[fd12::3]          | true",
                "fd00::/8                | http://[fe80::3]          | false",
                "a.example/b             | https://a.example         | false",
                "''                      | https://a.example         | false",
                "', ,'                   | https://a.example         | false"
            })
    void noProxyAsPythonReadsIt(String variable, URI uri, boolean straight) {
        assertThat(NoProxy.of(variable).covers(uri)).isEqualTo(straight);
    }

    @Test
    void theSchemeDecidesAndLowerCaseCountsFirst() {
        Proxies proxies = Proxies.of(Map.of(
                "HTTPS_PROXY", "http://upper:1",
                "https_proxy", "http://lower:2",
                "ALL_PROXY", "other:3",
                "NO_PROXY", "straight.example"));
        assertThat(address(proxies, HUB)).isEqualTo("lower:2");
        assertThat(address(proxies, URI.create("http://a.example"))).isEqualTo("other:3");
        assertThat(address(proxies, URI.create("https://straight.example"))).isEmpty();
        assertThat(address(Proxies.of(Map.of("HTTPS_PROXY", "http://upper:1", "https_proxy", "")), HUB))
                .isEmpty();
        assertThat(address(Proxies.of(Map.of("Https_Proxy", "http://mixed")), HUB))
                .isEqualTo("mixed:80");
        assertThat(address(Proxies.of(Map.of("HTTP_PROXY", "http://upper:1")), HUB))
                .isEmpty();
        // what a caller of a CGI script could say is not believed
        Map<String, String> script = Map.of("REQUEST_METHOD", "GET", "HTTP_PROXY", "http://caller:1");
        assertThat(address(Proxies.of(script), URI.create("http://a.example"))).isEmpty();
    }

    @Test
    void withoutAVariableJavaDecides() {
        ProxySelector before = ProxySelector.getDefault();
        try {
            ProxySelector.setDefault(ProxySelector.of(new InetSocketAddress("of-java", 5)));
            assertThat(address(Proxies.of(Map.of("NO_PROXY", "a.example")), HUB))
                    .isEqualTo("of-java:5");
            assertThat(address(Proxies.of(Map.of("ALL_PROXY", "http://ours:6")), HUB))
                    .isEqualTo("ours:6");
        } finally {
            ProxySelector.setDefault(before);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "http://anna:word@proxy:3128     | anna:word",
                "http://anna@proxy:3128          | anna:",
                "anna:word@proxy:3128/           | anna:word",
                "http://an%40na:w%3Ard%25@proxy  | an@na:w:rd%",
                "http://anna:p@ss:w@proxy        | anna:p@ss:w",
                "http://anna:100%@proxy          | anna:100%"
            })
    void userAndPasswordAreTold(String proxy, String told) {
        Proxies proxies = Proxies.of(Map.of("HTTPS_PROXY", proxy));
        byte[] bytes = told.getBytes(StandardCharsets.UTF_8);
        assertThat(proxies.authorization(HUB))
                .hasValue("Basic " + Base64.getEncoder().encodeToString(bytes));
        assertThat(proxies.authorization(URI.create("http://a.example"))).isEmpty();
        assertThat(proxies.way(HUB)).startsWith(" by way of the proxy proxy:").endsWith(" of HTTPS_PROXY");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "socks5://anna:word@proxy:1080",
                "https://anna:word@proxy",
                "http://anna:word@",
                "http://anna:word@proxy:port",
                "http://anna:word@proxy:99999",
                "http://anna:word@proxy/path"
            })
    void anotherKindOfProxyIsRefusedWhenItIsNeeded(String proxy) {
        Proxies proxies = Proxies.of(Map.of("ALL_PROXY", proxy, "NO_PROXY", "a.example"));
        assertThat(proxies.authorization(URI.create("https://a.example"))).isEmpty();
        assertThatThrownBy(() -> proxies.authorization(HUB))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("ALL_PROXY: expected an HTTP proxy such as http://proxy.example:3128 or ")
                .hasMessageNotContaining("anna")
                .hasMessageNotContaining(":word@proxy");
    }

    private static String address(Proxies proxies, URI uri) {
        Proxy proxy = proxies.select(uri).get(0);
        if (!(proxy.address() instanceof InetSocketAddress address)) return "";
        return address.getHostString() + ":" + address.getPort();
    }
}
