# SPDX-License-Identifier: Apache-2.0
# The image of comityd and comity. Build: docker build -t comity .
FROM debian:bookworm-slim AS build
WORKDIR /src
COPY packages.txt .
# The packages marked `# tests:` are of no use here.
RUN apt-get update \
    && sed -e '/# tests:/d' -e 's/#.*//' packages.txt \
        | DEBIAN_FRONTEND=noninteractive xargs apt-get install -y --no-install-recommends \
    && rm -rf /var/lib/apt/lists/*
COPY . .
RUN cmake --preset release -DCOMITY_TESTS=OFF -DCMAKE_INSTALL_PREFIX=/usr \
    && cmake --build --preset release \
    && DESTDIR=/out cmake --install build/release --strip

FROM debian:bookworm-slim
RUN apt-get update \
    && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends \
        libzmq5 libsodium23 libprotobuf-c1 libsqlite3-0 libyaml-0-2 libjansson4 libcmark0.30.2 \
        libseccomp2 libqrencode4 libpng16-16 \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --user-group --create-home --home-dir /var/lib/comity comity \
    && chmod 0700 /var/lib/comity
COPY --from=build /out/ /
# A library that was forgotten above shows here, not at the first start.
RUN if ldd /usr/bin/comity* /usr/sbin/comity* 2>/dev/null | grep 'not found'; then exit 1; fi
USER comity
WORKDIR /var/lib/comity
# Keys, record and journal: what must outlive the container.
VOLUME /var/lib/comity
CMD ["comityd"]
