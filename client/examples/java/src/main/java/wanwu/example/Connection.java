package wanwu.example;

import com.google.gson.Gson;
import io.grpc.CallCredentials;
import io.grpc.ChannelCredentials;
import io.grpc.CompositeChannelCredentials;
import io.grpc.EquivalentAddressGroup;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import io.grpc.Metadata;
import io.grpc.NameResolver;
import io.grpc.NameResolverProvider;
import io.grpc.NameResolverRegistry;
import io.grpc.StatusOr;
import io.grpc.TlsChannelCredentials;
import java.io.File;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.stream.Stream;

/** The channel, as the environment describes it. */
final class Connection {
  /** What is sent again must fit; grpc-java's own bound is 1 MiB. */
  private static final long RETRY_BUFFER = 20 << 20;

  private Connection() {}

  static ManagedChannel open() throws IOException {
    List<String> addresses =
        List.of(setting("WANWU_ADDRESS", "127.0.0.1:8500").split(","));
    String target = addresses.get(0);
    if (addresses.size() > 1) {
      NameResolverRegistry.getDefaultRegistry().register(new Listed(addresses));
      target = "listed:///wanwu";
    }
    ManagedChannelBuilder<?> builder =
        Grpc.newChannelBuilder(target, credentials());
    return builder
        .defaultServiceConfig(serviceConfig())
        .enableRetry()
        .perRpcBufferLimit(RETRY_BUFFER)
        .retryBufferSize(4 * RETRY_BUFFER)
        .build();
  }

  static String setting(String name, String otherwise) {
    return System.getenv().getOrDefault(name, otherwise);
  }

  @SuppressWarnings("unchecked")
  private static Map<String, Object> serviceConfig() throws IOException {
    String json = Files.readString(Path.of(
        setting("WANWU_SERVICE_CONFIG", "docs/service-config.json")));
    return new Gson().fromJson(json, Map.class);
  }

  private static ChannelCredentials credentials() throws IOException {
    String ca = System.getenv("WANWU_CA_FILE");
    if (ca == null) return InsecureChannelCredentials.create();
    ChannelCredentials tls =
        TlsChannelCredentials.newBuilder().trustManager(new File(ca)).build();
    String file = System.getenv("WANWU_TOKEN_FILE");
    if (file == null) return tls;
    String token = Files.readString(Path.of(file)).strip();
    return CompositeChannelCredentials.create(tls, new Bearer(token));
  }

  private static final class Bearer extends CallCredentials {
    private final Metadata headers = new Metadata();

    Bearer(String token) {
      headers.put(
          Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER),
          "Bearer " + token);
    }

    @Override
    public void applyRequestMetadata(
        RequestInfo info, Executor executor, MetadataApplier applier) {
      applier.apply(headers);
    }
  }

  /**
   * Several addresses as one target. A name that resolves to all of them, as
   * in dns:///wanwu:8500, needs none of this.
   */
  private static final class Listed extends NameResolverProvider {
    private final List<EquivalentAddressGroup> servers;

    Listed(List<String> addresses) {
      Stream<String[]> split = addresses.stream().map(each -> each.split(":"));
      servers = split
          .map(each -> new InetSocketAddress(each[0], Integer.parseInt(each[1])))
          .map(EquivalentAddressGroup::new)
          .toList();
    }

    @Override
    public NameResolver newNameResolver(URI target, NameResolver.Args args) {
      return new NameResolver() {
        @Override
        public void start(Listener2 listener) {
          listener.onResult(ResolutionResult.newBuilder()
              .setAddressesOrError(StatusOr.fromValue(servers))
              .build());
        }

        @Override
        public String getServiceAuthority() {
          return "wanwu";
        }

        @Override
        public void shutdown() {}
      };
    }

    @Override
    public String getDefaultScheme() {
      return "listed";
    }

    @Override
    protected boolean isAvailable() {
      return true;
    }

    @Override
    protected int priority() {
      return 5;
    }
  }
}
