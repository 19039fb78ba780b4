module cali/images/cri-tools

go 1.26.2

tool sigs.k8s.io/cri-tools/cmd/crictl

require sigs.k8s.io/cri-tools v1.36.0 // indirect

require github.com/distribution/reference v0.6.0 // indirect

require github.com/docker/docker v28.5.2+incompatible // indirect

require github.com/docker/go-units v0.5.0 // indirect

require github.com/google/uuid v1.6.0 // indirect

require github.com/invopop/jsonschema v0.13.0 // indirect

require github.com/moby/term v0.5.2 // indirect

require github.com/onsi/ginkgo/v2 v2.28.1 // indirect

require github.com/onsi/gomega v1.39.1 // indirect

require github.com/opencontainers/go-digest v1.0.0 // indirect

require github.com/sirupsen/logrus v1.9.4 // indirect

require github.com/urfave/cli/v2 v2.27.7 // indirect

require go.opentelemetry.io/otel v1.42.0 // indirect

require go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracegrpc v1.42.0 // indirect

require go.opentelemetry.io/otel/sdk v1.42.0 // indirect

require go.opentelemetry.io/otel/trace v1.42.0 // indirect

require golang.org/x/sys v0.42.0 // indirect

require golang.org/x/term v0.41.0 // indirect

require golang.org/x/text v0.35.0 // indirect

require google.golang.org/grpc v1.80.0 // indirect

require google.golang.org/protobuf v1.36.12-0.20260120151049-f2248ac996af // indirect

require k8s.io/client-go v0.36.0 // indirect

require k8s.io/cri-api v0.36.0 // indirect

require k8s.io/cri-client v0.36.0 // indirect

require k8s.io/kubectl v0.36.0 // indirect

require k8s.io/kubelet v0.36.0 // indirect

require k8s.io/streaming v0.36.0 // indirect

require sigs.k8s.io/yaml v1.6.0 // indirect

require github.com/Azure/go-ansiterm v0.0.0-20250102033503-faa5f7b0171c // indirect

require github.com/Masterminds/semver/v3 v3.4.0 // indirect

require github.com/Microsoft/go-winio v0.6.2 // indirect

require github.com/bahlo/generic-list-go v0.2.0 // indirect

require github.com/buger/jsonparser v1.1.2 // indirect

require github.com/cenkalti/backoff/v5 v5.0.3 // indirect

require github.com/cespare/xxhash/v2 v2.3.0 // indirect

require github.com/cpuguy83/go-md2man/v2 v2.0.7 // indirect

require github.com/davecgh/go-spew v1.1.2-0.20180830191138-d8f796af33cc // indirect

require github.com/fsnotify/fsnotify v1.9.0 // indirect

require github.com/fxamacker/cbor/v2 v2.9.0 // indirect

require github.com/go-logr/logr v1.4.3 // indirect

require github.com/go-logr/stdr v1.2.2 // indirect

require github.com/go-task/slim-sprig/v3 v3.0.0 // indirect

require github.com/google/go-cmp v0.7.0 // indirect

require github.com/google/pprof v0.0.0-20260115054156-294ebfa9ad83 // indirect

require github.com/gorilla/websocket v1.5.4-0.20250319132907-e064f32e3674 // indirect

require github.com/grpc-ecosystem/grpc-gateway/v2 v2.28.0 // indirect

require github.com/json-iterator/go v1.1.12 // indirect

require github.com/liggitt/tabwriter v0.0.0-20181228230101-89fcab3d43de // indirect

require github.com/mailru/easyjson v0.7.7 // indirect

require github.com/mitchellh/go-wordwrap v1.0.1 // indirect

require github.com/moby/spdystream v0.5.1 // indirect

require github.com/modern-go/concurrent v0.0.0-20180306012644-bacd9c7ef1dd // indirect

require github.com/modern-go/reflect2 v1.0.3-0.20250322232337-35a7c28c31ee // indirect

require github.com/munnerz/goautoneg v0.0.0-20191010083416-a7dc8b61c822 // indirect

require github.com/russross/blackfriday/v2 v2.1.0 // indirect

require github.com/wk8/go-ordered-map/v2 v2.1.8 // indirect

require github.com/x448/float16 v0.8.4 // indirect

require github.com/xrash/smetrics v0.0.0-20240521201337-686a1a2994c1 // indirect

require go.opentelemetry.io/auto/sdk v1.2.1 // indirect

require go.opentelemetry.io/contrib/instrumentation/google.golang.org/grpc/otelgrpc v0.65.0 // indirect

require go.opentelemetry.io/otel/exporters/otlp/otlptrace v1.42.0 // indirect

require go.opentelemetry.io/otel/metric v1.42.0 // indirect

require go.opentelemetry.io/proto/otlp v1.9.0 // indirect

require go.yaml.in/yaml/v2 v2.4.3 // indirect

require go.yaml.in/yaml/v3 v3.0.4 // indirect

require golang.org/x/mod v0.33.0 // indirect

require golang.org/x/net v0.51.0 // indirect

require golang.org/x/oauth2 v0.35.0 // indirect

require golang.org/x/sync v0.20.0 // indirect

require golang.org/x/time v0.14.0 // indirect

require golang.org/x/tools v0.42.0 // indirect

require google.golang.org/genproto/googleapis/api v0.0.0-20260209200024-4cfbd4190f57 // indirect

require google.golang.org/genproto/googleapis/rpc v0.0.0-20260209200024-4cfbd4190f57 // indirect

require gopkg.in/inf.v0 v0.9.1 // indirect

require gopkg.in/yaml.v3 v3.0.1 // indirect

require k8s.io/api v0.36.0 // indirect

require k8s.io/apimachinery v0.36.0 // indirect

require k8s.io/cli-runtime v0.36.0 // indirect

require k8s.io/component-base v0.36.0 // indirect

require k8s.io/klog/v2 v2.140.0 // indirect

require k8s.io/kube-openapi v0.0.0-20260319004828-5883c5ee87b9 // indirect

require k8s.io/utils v0.0.0-20260319190234-28399d86e0b5 // indirect

require sigs.k8s.io/json v0.0.0-20250730193827-2d320260d730 // indirect

require sigs.k8s.io/randfill v1.0.0 // indirect

require sigs.k8s.io/structured-merge-diff/v6 v6.3.2 // indirect
