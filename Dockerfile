# The images wanwu-server and wanwu-gateway, each holding its program and the
# libraries that it uses, and nothing else: no shell, no Python, no packages'
# tools. docs/images.md says how to build and run them; a tool called
# image-build finds the base in the next line.
ARG BASE=debian:trixie-slim

# Stages that a build may replace, by --build-context NAME=FOLDER: weights of
# ResNet-18 (*.pth), pictures to find its 8-bit form by (without which there is
# none), or model packages that are ready.
FROM scratch AS weights
FROM scratch AS pictures
FROM scratch AS packages

# What building takes, by the script that sets machines up.
FROM ${BASE} AS tools
ARG DEBIAN_MIRROR=
ENV DEBIAN_FRONTEND=noninteractive LANG=C.UTF-8
WORKDIR /wanwu
RUN echo force-unsafe-io > /etc/dpkg/dpkg.cfg.d/unsafe-io && \
    if [ -n "$DEBIAN_MIRROR" ]; then \
      find /etc/apt -name '*.list' -o -name '*.sources' | xargs sed -i -E \
        "s,https?://deb\.debian\.org/debian/?( |$),$DEBIAN_MIRROR\1,"; \
    fi && \
    apt-get update -qq && \
    apt-get install -y -qq --no-install-recommends ca-certificates patchelf && \
    apt-get clean
COPY scripts/setup.sh scripts/say.sh scripts/fetch_*.sh \
  scripts/otlp_descriptors.py scripts/
COPY images/with_access.sh images/
RUN --mount=type=secret,id=environment,target=/run/wanwu/environment \
    --mount=type=secret,id=certificates,target=/run/wanwu/certificates \
    images/with_access.sh scripts/setup.sh && apt-get clean

FROM tools AS build
COPY CMakeLists.txt CMakePresets.json ./
COPY cmake/ cmake/
COPY proto/ proto/
COPY common/ common/
COPY batching/ batching/
COPY server/ server/
COPY client/ client/
COPY gateway/ gateway/
COPY packaging/ packaging/
COPY tools/labels/ tools/labels/
COPY scripts/build.sh scripts/build_web.sh scripts/
RUN --mount=type=secret,id=environment,target=/run/wanwu/environment \
    --mount=type=secret,id=certificates,target=/run/wanwu/certificates \
    --mount=type=cache,id=wanwu-ccache,target=/ccache \
    export CCACHE_DIR=/ccache && \
    cmake --preset release -DBUILD_TESTING=OFF > /dev/null && \
    images/with_access.sh scripts/build.sh release \
      wanwu-server wanwu-gateway wanwu

# Reading pictures, models' layers and TorchScript, with these libraries.
FROM tools AS test
COPY . .
COPY --from=packages / models/
RUN --mount=type=secret,id=environment,target=/run/wanwu/environment \
    --mount=type=secret,id=certificates,target=/run/wanwu/certificates \
    --mount=type=cache,id=wanwu-ccache,target=/ccache \
    CCACHE_DIR=/ccache images/with_access.sh scripts/test_parts.sh

FROM tools AS model-build
ARG SOURCE_DATE_EPOCH=0
COPY tools/ tools/
COPY scripts/models.sh scripts/
COPY images/model_packages.sh images/
# Not mounted: buildah would take a model that it made of others.
COPY --from=weights / /weights/
COPY --from=pictures / /pictures/
COPY --from=packages / /packages/
RUN --mount=type=secret,id=environment,target=/run/wanwu/environment \
    --mount=type=secret,id=certificates,target=/run/wanwu/certificates \
    images/with_access.sh images/model_packages.sh /packages /weights /pictures

# The model packages alone.
FROM scratch AS model
COPY --from=model-build /wanwu/models/ /usr/share/wanwu/models/

FROM build AS roots
ARG SOURCE_DATE_EPOCH=0
ARG VERSION=0.1.0
COPY images/*.py images/
RUN images/make_root.py wanwu-server "$VERSION" /roots/server \
      build/release/bin/wanwu-server build/release/bin/wanwu && \
    images/make_root.py wanwu-gateway "$VERSION" /roots/gateway \
      build/release/bin/wanwu-gateway

FROM scratch AS gateway
ARG VERSION=0.1.0
LABEL org.opencontainers.image.title=wanwu-gateway \
  org.opencontainers.image.description="REST and WebUI of Wanwu" \
  org.opencontainers.image.version=$VERSION
COPY --from=roots /roots/gateway/libraries/ /
COPY --from=roots /roots/gateway/programs/ /
# The weakest of all sources of options: files and flags go before them.
ENV WANWU_LISTEN_ADDRESS=0.0.0.0:8501
EXPOSE 8501
USER 65532:65532
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s \
  CMD ["/usr/bin/wanwu-gateway", "--check_health"]
ENTRYPOINT ["/usr/bin/wanwu-gateway"]

FROM scratch AS server
ARG VERSION=0.1.0
LABEL org.opencontainers.image.title=wanwu-server \
  org.opencontainers.image.description="Classifies pictures, by gRPC" \
  org.opencontainers.image.version=$VERSION
COPY --from=roots /roots/server/libraries/ /
COPY --from=model /usr/share/wanwu/models/ /usr/share/wanwu/models/
COPY --from=roots /roots/server/programs/ /
ENV WANWU_LISTEN_ADDRESS=0.0.0.0:8500 \
  WANWU_METRICS_ADDRESS=0.0.0.0:8502 \
  WANWU_MODEL_REPOSITORY=/usr/share/wanwu/models \
  WANWU_STATE_DIR=/var/lib/wanwu
EXPOSE 8500 8502
USER 65532:65532
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=5s --start-period=120s \
  CMD ["/usr/bin/wanwu", "health", "--service", "readiness"]
ENTRYPOINT ["/usr/bin/wanwu-server"]
