{{- define "cloudfront-operator.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 63 | trimSuffix "-" }}
{{- end }}

{{- /* Cut so that "-simulator" still fits into the 63 characters of a label. */}}
{{- define "cloudfront-operator.fullname" -}}
{{- $name := include "cloudfront-operator.name" . }}
{{- if .Values.fullnameOverride }}
{{- .Values.fullnameOverride | trunc 50 | trimSuffix "-" }}
{{- else if contains $name .Release.Name }}
{{- .Release.Name | trunc 50 | trimSuffix "-" }}
{{- else }}
{{- printf "%s-%s" .Release.Name $name | trunc 50 | trimSuffix "-" }}
{{- end }}
{{- end }}

{{- define "cloudfront-operator.simulatorName" -}}
{{ include "cloudfront-operator.fullname" . }}-simulator
{{- end }}

{{- /* What a selector selects by. Never changed: a Deployment's selector is immutable. */}}
{{- define "cloudfront-operator.selectorLabels" -}}
app.kubernetes.io/name: {{ include "cloudfront-operator.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/component: operator
{{- end }}

{{- define "cloudfront-operator.simulatorSelectorLabels" -}}
app.kubernetes.io/name: {{ include "cloudfront-operator.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/component: simulator
{{- end }}

{{- /* Selects what calls CloudFront: the operator, and `helm test`. */}}
{{- define "cloudfront-operator.callers" -}}
matchLabels:
  app.kubernetes.io/name: {{ include "cloudfront-operator.name" . }}
  app.kubernetes.io/instance: {{ .Release.Name }}
matchExpressions:
- key: app.kubernetes.io/component
  operator: In
  values: [operator, doctor]
{{- end }}

{{- define "cloudfront-operator.labels" -}}
app.kubernetes.io/name: {{ include "cloudfront-operator.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/part-of: cloudfront-operator
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
{{- with .Values.commonLabels }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{- define "cloudfront-operator.serviceAccountName" -}}
{{- if .Values.serviceAccount.create }}
{{- default (include "cloudfront-operator.fullname" .) .Values.serviceAccount.name }}
{{- else }}
{{- required "serviceAccount.name: name the ServiceAccount to use, or let the chart make one with serviceAccount.create=true" .Values.serviceAccount.name }}
{{- end }}
{{- end }}

{{- /* Takes [image, appVersion]. */}}
{{- define "cloudfront-operator.image" -}}
{{- $image := index . 0 }}
{{- if $image.digest }}
{{- printf "%s@%s" $image.repository $image.digest }}
{{- else }}
{{- printf "%s:%s" $image.repository (default (index . 1) $image.tag) }}
{{- end }}
{{- end }}

{{- define "cloudfront-operator.simulatorUrl" -}}
http://{{ include "cloudfront-operator.simulatorName" . }}.{{ .Release.Namespace }}.svc:8080
{{- end }}

{{- /* What the schema cannot say. */}}
{{- define "cloudfront-operator.check" -}}
{{- if .Values.simulator.enabled }}
{{- if or .Values.aws.endpointUrl .Values.aws.stsEndpointUrl .Values.aws.existingSecret.name }}
{{- fail "simulator.enabled brings its own endpoints and keys: remove aws.endpointUrl, aws.stsEndpointUrl and aws.existingSecret.name, or the simulator" }}
{{- end }}
{{- end }}
{{- if and .Values.customCA.configMap.name .Values.customCA.secret.name }}
{{- fail "customCA: name a ConfigMap or a Secret, not both" }}
{{- end }}
{{- if and (gt (int .Values.replicas) 1) (not .Values.leaderElection.enabled) }}
{{- fail "leaderElection.enabled=false lets all replicas work at once: set replicas=1 with it" }}
{{- end }}
{{- if and .Values.metrics.serviceMonitor.enabled .Values.metrics.podMonitor.enabled }}
{{- fail "metrics.serviceMonitor and metrics.podMonitor would count everything twice: enable one of the two" }}
{{- end }}
{{- if and .Values.metrics.serviceMonitor.enabled (not .Values.metrics.service.enabled) }}
{{- fail "metrics.serviceMonitor scrapes the Service: set metrics.service.enabled=true with it, or use metrics.podMonitor" }}
{{- end }}
{{- end }}

{{- /* TCP ports that NetworkPolicies let out: the usual ones, and those of a proxy or endpoint that is configured. */}}
{{- define "cloudfront-operator.egressPorts" -}}
{{- $ports := list }}
{{- range .Values.networkPolicy.egressPorts }}
{{- $ports = append $ports (int .) }}
{{- end }}
{{- range list .Values.proxy.https .Values.aws.endpointUrl .Values.aws.stsEndpointUrl .Values.otlp.endpoint }}
{{- with . }}
{{- $url := urlParse . }}
{{- $port := regexFind ":[0-9]+$" $url.host | trimPrefix ":" }}
{{- $ports = append $ports (int (default (ternary "80" "443" (eq $url.scheme "http")) $port)) }}
{{- end }}
{{- end }}
{{- $ports | uniq | toJson }}
{{- end }}
