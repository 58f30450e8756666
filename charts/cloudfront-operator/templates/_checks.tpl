{{- /* Fails for values that the schema accepts and the chart does not support. */}}
{{- define "cloudfront-operator.check" -}}
{{- include "cloudfront-operator.refuse" . }}
{{- $replicas := include "cloudfront-operator.replicas" . | int }}
{{- if and (not (kindIs "invalid" .Values.replicaCount)) (ne (int .Values.replicaCount) $replicas) }}
{{- fail (printf "replicas=%d and replicaCount=%d differ: set one of them" $replicas (int .Values.replicaCount)) }}
{{- end }}
{{- if and (gt $replicas 1) (not .Values.leaderElection.enabled) }}
{{- fail "leaderElection.enabled=false requires one replica, because all replicas would write to CloudFront: set replicas=1" }}
{{- end }}
{{- if and (has "InvalidationPolicy" .Values.kinds) (not (has "Invalidation" .Values.kinds)) }}
{{- fail "an InvalidationPolicy creates objects of kind Invalidation: add Invalidation to kinds" }}
{{- end }}
{{- with .Values.podDisruptionBudget }}
{{- if not (or (kindIs "invalid" .minAvailable) (kindIs "invalid" .maxUnavailable)) }}
{{- fail "podDisruptionBudget.minAvailable and podDisruptionBudget.maxUnavailable exclude each other: set one of them" }}
{{- end }}
{{- end }}
{{- if .Values.simulator.enabled }}
{{- if or .Values.aws.endpointUrl .Values.aws.stsEndpointUrl .Values.aws.existingSecret.name }}
{{- fail "simulator.enabled=true sets the endpoints and the credentials: remove aws.endpointUrl, aws.stsEndpointUrl and aws.existingSecret.name" }}
{{- end }}
{{- end }}
{{- if and .Values.customCA.configMap.name .Values.customCA.secret.name }}
{{- fail "customCA.configMap.name and customCA.secret.name exclude each other: set one of them" }}
{{- end }}
{{- if and .Values.metrics.serviceMonitor.enabled .Values.metrics.podMonitor.enabled }}
{{- fail "metrics.serviceMonitor and metrics.podMonitor would scrape each metric twice: enable one of them" }}
{{- end }}
{{- if and .Values.metrics.serviceMonitor.enabled (not .Values.metrics.service.enabled) }}
{{- fail "metrics.serviceMonitor scrapes the Service: set metrics.service.enabled=true, or use metrics.podMonitor" }}
{{- end }}
{{- end }}

{{- /* Fails for keys of other charts, with the key of this chart. The schema accepts them, because Helm checks it first. */}}
{{- define "cloudfront-operator.refuse" -}}
{{- $refused := dict
  "concurrent" "concurrent is not a value of this chart: set maxConcurrentReconciles"
  "https_proxy" "https_proxy is not a value of this chart: set proxy.https"
  "log" "log.level is not a value of this chart: set logging.level"
  "namespaceOverride" "namespaceOverride is not a value of this chart: select the namespace with helm's flag --namespace"
  "no_proxy" "no_proxy is not a value of this chart: set proxy.noProxy"
  "scopedNamespace" "scopedNamespace is not a value of this chart: set watch.namespaces"
  "watchNamespace" "watchNamespace is not a value of this chart: set watch.namespaces"
}}
{{- range $key, $message := $refused }}
{{- if hasKey $.Values $key }}
{{- fail $message }}
{{- end }}
{{- end }}
{{- if hasKey .Values.global "logLevel" }}
{{- fail "global.logLevel is not a value of this chart: set logging.level" }}
{{- end }}
{{- end }}
