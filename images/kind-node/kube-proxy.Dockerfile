# kube-proxy with the tools it sets up packet rules with.
ARG DEBIAN_IMAGE
FROM ${DEBIAN_IMAGE}
RUN apt-get update \
 && apt-get install -y --no-install-recommends iptables nftables conntrack kmod iproute2 \
 && rm -rf /var/lib/apt/lists/* /usr/share/doc /usr/share/man
COPY kube-proxy /usr/local/bin/kube-proxy
