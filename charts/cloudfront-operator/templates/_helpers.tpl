{{- define "cloudfront-operator.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 63 | trimSuffix "-" }}
{{- end }}

{{- /* Truncated so that the name with the suffix "-simulator" fits into the 63 characters of a label. */}}
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

{{- /* Labels of selectors. They must not change: the selector of a Deployment is immutable. */}}
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

{{- /* Selects the pods that send requests to CloudFront: the operator and `helm test`. */}}
{{- define "cloudfront-operator.callers" -}}
matchLabels:
  app.kubernetes.io/name: {{ include "cloudfront-operator.name" . }}
  app.kubernetes.io/instance: {{ .Release.Name }}
matchExpressions:
- key: app.kubernetes.io/component
  operator: In
  values: [operator, doctor]
{{- end }}

{{- /* Labels of every object. The labels of the chart take precedence, because selectors depend on them. */}}
{{- define "cloudfront-operator.labels" -}}
{{- $labels := include "cloudfront-operator.chartLabels" . | fromYaml }}
{{- toYaml (merge $labels .Values.commonLabels .Values.global.commonLabels) }}
{{- end }}

{{- define "cloudfront-operator.chartLabels" -}}
app.kubernetes.io/name: {{ include "cloudfront-operator.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/part-of: cloudfront-operator
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
{{- end }}

{{- /* Metadata of an object. Takes a dict of root and name, and optionally of namespace, component, labels and annotations. */}}
{{- define "cloudfront-operator.metadata" -}}
{{- $labels := mergeOverwrite (include "cloudfront-operator.labels" .root | fromYaml) (default dict .labels) }}
{{- with .component }}
{{- $_ := set $labels "app.kubernetes.io/component" . }}
{{- end -}}
name: {{ .name }}
{{- with .namespace }}
namespace: {{ . }}
{{- end }}
labels:
  {{- toYaml $labels | nindent 2 }}
{{- with merge dict (default dict .annotations) .root.Values.commonAnnotations }}
annotations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end }}

{{- define "cloudfront-operator.serviceAccountName" -}}
{{- if .Values.serviceAccount.create }}
{{- default (include "cloudfront-operator.fullname" .) .Values.serviceAccount.name }}
{{- else }}
{{- required "serviceAccount.create=false requires an existing ServiceAccount: set serviceAccount.name" .Values.serviceAccount.name }}
{{- end }}
{{- end }}

{{- /* Reference of an image. Takes [image, appVersion]. */}}
{{- define "cloudfront-operator.image" -}}
{{- $image := index . 0 }}
{{- $repository := $image.repository }}
{{- with $image.registry }}
{{- $repository = printf "%s/%s" . (regexReplaceAll "^(localhost|[^/]*[.:][^/]*)/" $repository "") }}
{{- end }}
{{- if $image.digest }}
{{- printf "%s@%s" $repository $image.digest }}
{{- else }}
{{- printf "%s:%s" $repository (default (index . 1) $image.tag) }}
{{- end }}
{{- end }}

{{- /* Number of replicas. Zero is a valid number. */}}
{{- define "cloudfront-operator.replicas" -}}
{{- $replicas := .Values.replicas }}
{{- if kindIs "invalid" $replicas }}
{{- $replicas = .Values.replicaCount }}
{{- end }}
{{- if kindIs "invalid" $replicas }}
{{- $replicas = 2 }}
{{- end }}
{{- $replicas }}
{{- end }}

{{- define "cloudfront-operator.simulatorUrl" -}}
http://{{ include "cloudfront-operator.simulatorName" . }}.{{ .Release.Namespace }}.svc:8080
{{- end }}

{{- /* TCP ports of allowed egress traffic, with those of the configured proxy, collector and endpoints. */}}
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

{{- /* "true" if the API server adds the finalizer to new objects. By default, if it can, and if this operator creates the resources of all objects. */}}
{{- define "cloudfront-operator.finalizerPolicy" -}}
{{- $kinds := include "cloudfront-operator.kinds" . | fromYaml }}
{{- $policy := toString .Values.finalizerPolicy }}
{{- if eq $policy "true" }}
{{- with include "cloudfront-operator.unmanaged" . }}
{{- fail (printf "finalizerPolicy=true would add the finalizer to objects that this operator never deletes, because of %s: set finalizerPolicy=auto" .) }}
{{- end }}
{{- end }}
{{- $served := .Capabilities.APIVersions.Has "admissionregistration.k8s.io/v1/MutatingAdmissionPolicy" }}
{{- $auto := and $served (not (include "cloudfront-operator.unmanaged" .)) $kinds.managed }}
{{- if or (eq $policy "true") (and (eq $policy "auto") $auto) }}true{{ end }}
{{- end }}

{{- /* The value because of which this operator does not write to CloudFront for all objects. Empty if there is none. */}}
{{- define "cloudfront-operator.unmanaged" -}}
{{- if .Values.readOnly }}readOnly
{{- else if .Values.watch.namespaces }}watch.namespaces
{{- else if .Values.watch.labelSelector }}watch.labelSelector
{{- end }}
{{- end }}

{{- /* The admission policies in a file, with the metadata of the chart. Takes a dict of root and file, and optionally of the resources that they match. */}}
{{- define "cloudfront-operator.policies" }}
{{- $input := . }}
{{- range splitList "\n---\n" (.root.Files.Get .file) }}
{{- $object := fromYaml . }}
{{- $_ := set $object "metadata" (include "cloudfront-operator.metadata" (dict "root" $input.root "name" $object.metadata.name) | fromYaml) }}
{{- with and $input.resources $object.spec.matchConstraints }}
{{- $_ := set (first .resourceRules) "resources" $input.resources }}
{{- $_ := unset . "excludeResourceRules" }}
{{- end }}
---
{{ toYaml $object }}
{{ end }}
{{- end }}
