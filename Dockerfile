# syntax=docker/dockerfile:1
# docker build -t clusterd .
# docker run --rm -v clusterd:/data clusterd keys create me --scope admin --data-dir /data
# docker run --read-only --tmpfs /tmp --cap-drop ALL -v clusterd:/data -p 127.0.0.1:8080:8080 clusterd
# packaging/prove-image.sh carries out the second stage without an engine; packaging/compose.yaml runs it with limits.
FROM swift:6.3-bookworm AS build
RUN apt-get update \
 && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends \
      libssl-dev libopenblas-dev libsqlite3-dev zlib1g-dev libzstd-dev liblz4-dev pkg-config python3 binutils \
 && rm -rf /var/lib/apt/lists/*
WORKDIR /src
COPY Package.swift openapi.yaml ./
COPY Sources Sources
# Package.swift names the test targets, so their folders must be there; none of them is built.
COPY Tests Tests
COPY packaging/icu-data.py packaging/
RUN smaller="$(packaging/icu-data.py .build/icu-data.o)" \
 && swift build -c release --static-swift-stdlib --product clusterd $smaller \
 && install -D -s "$(swift build -c release --static-swift-stdlib --show-bin-path)/clusterd" /out/clusterd

FROM debian:bookworm-slim
RUN apt-get update \
 && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends \
      libssl3 libopenblas0-pthread libsqlite3-0 zlib1g libzstd1 liblz4-1 libstdc++6 ca-certificates \
 && rm -rf /var/lib/apt/lists/* \
 && groupadd --gid 10001 clusterd \
 && useradd --uid 10001 --gid clusterd --no-create-home --home-dir /data --shell /usr/sbin/nologin clusterd \
 && install -d -o clusterd -g clusterd /data
COPY --from=build /out/clusterd /usr/local/bin/clusterd
# A number, so that Kubernetes can see that it is not root.
USER 10001:10001
VOLUME /data
EXPOSE 8080
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=3s --start-period=5s \
  CMD ["bash", "-c", "exec 3<>/dev/tcp/127.0.0.1/8080 && printf 'GET /livez HTTP/1.0\\r\\n\\r\\n' >&3 && head -1 <&3 | grep -q ' 200 '"]
ENTRYPOINT ["clusterd"]
CMD ["serve", "--host", "0.0.0.0", "--port", "8080", "--data-dir", "/data"]
