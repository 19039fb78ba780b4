module cali/images/coredns

go 1.26.0

tool github.com/coredns/coredns

require github.com/coredns/coredns v1.14.6 // indirect

require github.com/Azure/azure-sdk-for-go v68.0.0+incompatible // indirect

require github.com/Azure/go-autorest/autorest v0.11.30 // indirect

require github.com/Azure/go-autorest/autorest/azure/auth v0.5.13 // indirect

require github.com/DataDog/dd-trace-go/v2 v2.8.2 // indirect

require github.com/apparentlymart/go-cidr v1.1.1 // indirect

require github.com/aws/aws-sdk-go-v2 v1.42.0 // indirect

require github.com/aws/aws-sdk-go-v2/config v1.32.26 // indirect

require github.com/aws/aws-sdk-go-v2/credentials v1.19.25 // indirect

require github.com/aws/aws-sdk-go-v2/feature/ec2/imds v1.18.29 // indirect

require github.com/aws/aws-sdk-go-v2/service/route53 v1.63.4 // indirect

require github.com/aws/aws-sdk-go-v2/service/secretsmanager v1.42.4 // indirect

require github.com/coredns/caddy v1.1.4-0.20250930002214-15135a999495 // indirect

require github.com/dnstap/golang-dnstap v0.4.0 // indirect

require github.com/expr-lang/expr v1.17.8 // indirect

require github.com/farsightsec/golang-framestream v0.3.0 // indirect

require github.com/go-logr/logr v1.4.3 // indirect

require github.com/grpc-ecosystem/grpc-opentracing v0.0.0-20180507213350-8e809c8a8645 // indirect

require github.com/hashicorp/nomad/api v0.0.0-20250909143645-a3b86c697f38 // indirect

require github.com/infobloxopen/go-trees v0.0.0-20200715205103-96a057b8dfb9 // indirect

require github.com/miekg/dns v1.1.72 // indirect

require github.com/opentracing/opentracing-go v1.2.0 // indirect

require github.com/openzipkin-contrib/zipkin-go-opentracing v0.5.0 // indirect

require github.com/openzipkin/zipkin-go v0.4.3 // indirect

require github.com/oschwald/geoip2-golang/v2 v2.2.0 // indirect

require github.com/prometheus/client_golang v1.23.2 // indirect

require github.com/prometheus/client_model v0.6.2 // indirect

require github.com/prometheus/common v0.69.0 // indirect

require github.com/quic-go/quic-go v0.60.0 // indirect

require go.etcd.io/etcd/api/v3 v3.6.12 // indirect

require go.etcd.io/etcd/client/v3 v3.6.12 // indirect

require go.uber.org/automaxprocs v1.6.0 // indirect

require golang.org/x/crypto v0.53.0 // indirect

require golang.org/x/sys v0.47.0 // indirect

require google.golang.org/api v0.280.0 // indirect

require google.golang.org/grpc v1.82.0 // indirect

require google.golang.org/protobuf v1.36.11 // indirect

require k8s.io/api v0.35.4 // indirect

require k8s.io/apimachinery v0.35.4 // indirect

require k8s.io/client-go v0.35.4 // indirect

require k8s.io/klog/v2 v2.140.0 // indirect

require sigs.k8s.io/mcs-api v0.5.0 // indirect

require github.com/hashicorp/golang-lru/v2 v2.0.7 // indirect

require github.com/pires/go-proxyproto v0.13.0 // indirect

require github.com/prometheus/exporter-toolkit v0.17.1 // indirect

require golang.org/x/net v0.56.0 // indirect

require cloud.google.com/go/auth v0.20.0 // indirect

require cloud.google.com/go/auth/oauth2adapt v0.2.8 // indirect

require cloud.google.com/go/compute/metadata v0.9.0 // indirect

require github.com/Azure/go-autorest v14.2.0+incompatible // indirect

require github.com/Azure/go-autorest/autorest/adal v0.9.22 // indirect

require github.com/Azure/go-autorest/autorest/azure/cli v0.4.6 // indirect

require github.com/Azure/go-autorest/autorest/date v0.3.0 // indirect

require github.com/Azure/go-autorest/autorest/to v0.2.0 // indirect

require github.com/Azure/go-autorest/logger v0.2.1 // indirect

require github.com/Azure/go-autorest/tracing v0.6.0 // indirect

require github.com/DataDog/datadog-agent/comp/core/tagger/origindetection v0.77.0 // indirect

require github.com/DataDog/datadog-agent/pkg/obfuscate v0.77.0 // indirect

require github.com/DataDog/datadog-agent/pkg/opentelemetry-mapping-go/otlp/attributes v0.77.0 // indirect

require github.com/DataDog/datadog-agent/pkg/proto v0.77.0 // indirect

require github.com/DataDog/datadog-agent/pkg/remoteconfig/state v0.77.0 // indirect

require github.com/DataDog/datadog-agent/pkg/template v0.77.0 // indirect

require github.com/DataDog/datadog-agent/pkg/trace v0.77.0 // indirect

require github.com/DataDog/datadog-agent/pkg/trace/log v0.77.0 // indirect

require github.com/DataDog/datadog-agent/pkg/trace/otel v0.77.0 // indirect

require github.com/DataDog/datadog-agent/pkg/trace/stats v0.77.0 // indirect

require github.com/DataDog/datadog-agent/pkg/trace/traceutil v0.77.0 // indirect

require github.com/DataDog/datadog-agent/pkg/util/log v0.77.0 // indirect

require github.com/DataDog/datadog-agent/pkg/util/scrubber v0.77.0 // indirect

require github.com/DataDog/datadog-agent/pkg/version v0.77.0 // indirect

require github.com/DataDog/datadog-go/v5 v5.8.3 // indirect

require github.com/DataDog/go-libddwaf/v4 v4.9.0 // indirect

require github.com/DataDog/go-runtime-metrics-internal v0.0.4-0.20260217080614-b0f4edc38a6d // indirect

require github.com/DataDog/go-sqllexer v0.1.13 // indirect

require github.com/DataDog/go-tuf v1.1.1-0.5.2 // indirect

require github.com/DataDog/sketches-go v1.4.8 // indirect

require github.com/Microsoft/go-winio v0.6.2 // indirect

require github.com/aws/aws-sdk-go-v2/internal/configsources v1.4.29 // indirect

require github.com/aws/aws-sdk-go-v2/internal/endpoints/v2 v2.7.29 // indirect

require github.com/aws/aws-sdk-go-v2/internal/v4a v1.4.30 // indirect

require github.com/aws/aws-sdk-go-v2/service/internal/accept-encoding v1.13.12 // indirect

require github.com/aws/aws-sdk-go-v2/service/internal/presigned-url v1.13.29 // indirect

require github.com/aws/aws-sdk-go-v2/service/signin v1.2.1 // indirect

require github.com/aws/aws-sdk-go-v2/service/sso v1.31.4 // indirect

require github.com/aws/aws-sdk-go-v2/service/ssooidc v1.36.7 // indirect

require github.com/aws/aws-sdk-go-v2/service/sts v1.43.4 // indirect

require github.com/aws/smithy-go v1.27.1 // indirect

require github.com/beorn7/perks v1.0.1 // indirect

require github.com/cenkalti/backoff/v5 v5.0.3 // indirect

require github.com/cespare/xxhash/v2 v2.3.0 // indirect

require github.com/cihub/seelog v0.0.0-20170130134532-f561c5e57575 // indirect

require github.com/coreos/go-semver v0.3.1 // indirect

require github.com/coreos/go-systemd/v22 v22.7.0 // indirect

require github.com/davecgh/go-spew v1.1.2-0.20180830191138-d8f796af33cc // indirect

require github.com/dimchansky/utfbom v1.1.1 // indirect

require github.com/dustin/go-humanize v1.0.1 // indirect

require github.com/ebitengine/purego v0.10.0 // indirect

require github.com/emicklei/go-restful/v3 v3.12.2 // indirect

require github.com/felixge/httpsnoop v1.0.4 // indirect

require github.com/flynn/go-shlex v0.0.0-20150515145356-3f9db97f8568 // indirect

require github.com/fxamacker/cbor/v2 v2.9.0 // indirect

require github.com/go-logr/stdr v1.2.2 // indirect

require github.com/go-ole/go-ole v1.3.0 // indirect

require github.com/go-openapi/jsonpointer v0.21.0 // indirect

require github.com/go-openapi/jsonreference v0.20.2 // indirect

require github.com/go-openapi/swag v0.23.0 // indirect

require github.com/gogo/protobuf v1.3.2 // indirect

require github.com/golang-jwt/jwt/v4 v4.5.2 // indirect

require github.com/golang-jwt/jwt/v5 v5.3.1 // indirect

require github.com/golang/protobuf v1.5.4 // indirect

require github.com/google/gnostic-models v0.7.0 // indirect

require github.com/google/go-cmp v0.7.0 // indirect

require github.com/google/s2a-go v0.1.9 // indirect

require github.com/google/uuid v1.6.0 // indirect

require github.com/googleapis/enterprise-certificate-proxy v0.3.15 // indirect

require github.com/googleapis/gax-go/v2 v2.22.0 // indirect

require github.com/gorilla/websocket v1.5.4-0.20250319132907-e064f32e3674 // indirect

require github.com/grpc-ecosystem/grpc-gateway/v2 v2.27.4 // indirect

require github.com/hashicorp/cronexpr v1.1.3 // indirect

require github.com/hashicorp/errwrap v1.1.0 // indirect

require github.com/hashicorp/go-cleanhttp v0.5.2 // indirect

require github.com/hashicorp/go-multierror v1.1.1 // indirect

require github.com/hashicorp/go-rootcerts v1.0.2 // indirect

require github.com/hashicorp/go-version v1.8.0 // indirect

require github.com/josharian/intern v1.0.0 // indirect

require github.com/jpillora/backoff v1.0.0 // indirect

require github.com/json-iterator/go v1.1.12 // indirect

require github.com/klauspost/compress v1.18.6 // indirect

require github.com/klauspost/cpuid/v2 v2.3.0 // indirect

require github.com/linkdata/deadlock v0.5.5 // indirect

require github.com/lufia/plan9stats v0.0.0-20260216142805-b3301c5f2a88 // indirect

require github.com/mailru/easyjson v0.7.7 // indirect

require github.com/mdlayher/socket v0.6.0 // indirect

require github.com/mdlayher/vsock v1.3.0 // indirect

require github.com/minio/simdjson-go v0.4.5 // indirect

require github.com/mitchellh/go-homedir v1.1.0 // indirect

require github.com/mitchellh/mapstructure v1.5.1-0.20231216201459-8508981c8b6c // indirect

require github.com/modern-go/concurrent v0.0.0-20180306012644-bacd9c7ef1dd // indirect

require github.com/modern-go/reflect2 v1.0.3-0.20250322232337-35a7c28c31ee // indirect

require github.com/munnerz/goautoneg v0.0.0-20191010083416-a7dc8b61c822 // indirect

require github.com/mwitkow/go-conntrack v0.0.0-20190716064945-2f068394615f // indirect

require github.com/opentracing-contrib/go-observer v0.0.0-20170622124052-a52f23424492 // indirect

require github.com/oschwald/maxminddb-golang/v2 v2.3.0 // indirect

require github.com/outcaste-io/ristretto v0.2.3 // indirect

require github.com/petermattis/goid v0.0.0-20260226131333-17d1149c6ac6 // indirect

require github.com/philhofer/fwd v1.2.0 // indirect

require github.com/pkg/errors v0.9.1 // indirect

require github.com/planetscale/vtprotobuf v0.6.1-0.20240319094008-0393e58bdf10 // indirect

require github.com/pmezard/go-difflib v1.0.1-0.20181226105442-5d4384ee4fb2 // indirect

require github.com/power-devops/perfstat v0.0.0-20240221224432-82ca36839d55 // indirect

require github.com/prometheus/procfs v0.19.2 // indirect

require github.com/puzpuzpuz/xsync/v3 v3.5.1 // indirect

require github.com/quic-go/qpack v0.6.0 // indirect

require github.com/secure-systems-lab/go-securesystemslib v0.10.0 // indirect

require github.com/shirou/gopsutil/v4 v4.26.2 // indirect

require github.com/spf13/pflag v1.0.10 // indirect

require github.com/tinylib/msgp v1.6.3 // indirect

require github.com/tklauser/go-sysconf v0.3.16 // indirect

require github.com/tklauser/numcpus v0.11.0 // indirect

require github.com/trailofbits/go-mutexasserts v0.0.0-20250514102930-c1f3d2e37561 // indirect

require github.com/x448/float16 v0.8.4 // indirect

require github.com/yusufpapurcu/wmi v1.2.4 // indirect

require go.etcd.io/etcd/client/pkg/v3 v3.6.12 // indirect

require go.opentelemetry.io/auto/sdk v1.2.1 // indirect

require go.opentelemetry.io/collector/component v1.51.1-0.20260205185216-81bc641f26c0 // indirect

require go.opentelemetry.io/collector/featuregate v1.51.1-0.20260205185216-81bc641f26c0 // indirect

require go.opentelemetry.io/collector/pdata v1.51.1-0.20260205185216-81bc641f26c0 // indirect

require go.opentelemetry.io/collector/pdata/pprofile v0.145.1-0.20260205185216-81bc641f26c0 // indirect

require go.opentelemetry.io/contrib/instrumentation/net/http/otelhttp v0.67.0 // indirect

require go.opentelemetry.io/otel v1.43.0 // indirect

require go.opentelemetry.io/otel/metric v1.43.0 // indirect

require go.opentelemetry.io/otel/trace v1.43.0 // indirect

require go.opentelemetry.io/proto/otlp v1.9.0 // indirect

require go.uber.org/atomic v1.11.0 // indirect

require go.uber.org/multierr v1.11.0 // indirect

require go.uber.org/zap v1.27.1 // indirect

require go.yaml.in/yaml/v2 v2.4.4 // indirect

require go.yaml.in/yaml/v3 v3.0.4 // indirect

require golang.org/x/exp v0.0.0-20260209203927-2842357ff358 // indirect

require golang.org/x/mod v0.36.0 // indirect

require golang.org/x/oauth2 v0.36.0 // indirect

require golang.org/x/sync v0.21.0 // indirect

require golang.org/x/term v0.44.0 // indirect

require golang.org/x/text v0.38.0 // indirect

require golang.org/x/time v0.15.0 // indirect

require golang.org/x/tools v0.45.0 // indirect

require golang.org/x/xerrors v0.0.0-20240903120638-7835f813f4da // indirect

require google.golang.org/genproto/googleapis/api v0.0.0-20260414002931-afd174a4e478 // indirect

require google.golang.org/genproto/googleapis/rpc v0.0.0-20260511170946-3700d4141b60 // indirect

require gopkg.in/evanphx/json-patch.v4 v4.13.0 // indirect

require gopkg.in/inf.v0 v0.9.1 // indirect

require gopkg.in/ini.v1 v1.67.1 // indirect

require gopkg.in/yaml.v3 v3.0.1 // indirect

require k8s.io/kube-openapi v0.0.0-20250910181357-589584f1c912 // indirect

require k8s.io/utils v0.0.0-20251002143259-bc988d571ff4 // indirect

require sigs.k8s.io/json v0.0.0-20250730193827-2d320260d730 // indirect

require sigs.k8s.io/randfill v1.0.0 // indirect

require sigs.k8s.io/structured-merge-diff/v6 v6.3.0 // indirect

require sigs.k8s.io/yaml v1.6.0 // indirect
