# syntax=docker/dockerfile:1

# Two images, each with one static program and the CA certificates. They contain no shell, no package manager and no libc.
#   docker build --tag cloudfront-operator .
#   docker build --tag cloudfront-simulator --target simulator .
ARG RUST_VERSION=1.95.0
FROM rust:${RUST_VERSION}-slim-bookworm AS build
ARG CARGO_AUDITABLE_VERSION=0.7.7
ARG SOURCE_DATE_EPOCH=0
ARG TARGETARCH
RUN cargo install cargo-auditable --locked --version "${CARGO_AUDITABLE_VERSION}"
WORKDIR /src
COPY . .
RUN --mount=type=cache,id=registry,target=/usr/local/cargo/registry \
    --mount=type=cache,id=target-${TARGETARCH},target=/target \
    CARGO_TARGET_DIR=/target hack/build.sh /out
# nsswitch.conf makes glibc resolve names with the hosts file and then DNS. The simulator's image can write to /state only.
RUN mkdir -p /root-of-image/etc/ssl/certs /root-of-image/state \
    && cp /etc/ssl/certs/ca-certificates.crt /root-of-image/etc/ssl/certs/ \
    && cp LICENSE /root-of-image/ \
    && echo 'hosts: files dns' >/root-of-image/etc/nsswitch.conf \
    && chown 65532:65532 /root-of-image/state

FROM scratch AS common
ARG REVISION=unknown
ARG VERSION=0.1.0
LABEL org.opencontainers.image.source="https://github.com/cloudfront-operator/cloudfront-operator" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.revision="${REVISION}" \
      org.opencontainers.image.vendor="The cloudfront-operator authors" \
      org.opencontainers.image.version="${VERSION}"
COPY --from=build /root-of-image/etc /etc
COPY --from=build /root-of-image/LICENSE /LICENSE
# A numeric user, so that the kubelet can verify that the user is not root.
USER 65532:65532

FROM common AS simulator
LABEL org.opencontainers.image.title="cloudfront-simulator" \
      org.opencontainers.image.description="A simulator of Amazon CloudFront's API that says no when CloudFront would"
COPY --from=build --chown=65532:65532 /root-of-image/state /state
COPY --from=build /out/cloudfront-simulator /usr/local/bin/cloudfront-simulator
VOLUME /state
EXPOSE 8080 8081
ENTRYPOINT ["/usr/local/bin/cloudfront-simulator"]
CMD ["--listen=0.0.0.0:8080", "--control=0.0.0.0:8081", "--state=/state/simulator.json"]

FROM common AS operator
LABEL org.opencontainers.image.title="cloudfront-operator" \
      org.opencontainers.image.description="A Kubernetes operator that manages Amazon CloudFront through custom resources"
COPY --from=build /out/cloudfront-operator /usr/local/bin/cloudfront-operator
# glibc returns freed blocks of at least 32 KiB, such as a page of a list, to the operating system. Its default threshold grows at run time.
ENV GLIBC_TUNABLES=glibc.malloc.mmap_threshold=32768
EXPOSE 8080 8081
ENTRYPOINT ["/usr/local/bin/cloudfront-operator"]
CMD ["run"]
