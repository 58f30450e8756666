{{- /* The names of the managed kinds in paths of the API: all of them, those of resources that stay, those that run once, and those without a resource. */}}
{{- define "cloudfront-operator.kinds" -}}
{{- $all := list }}
{{- range $lifecycle, $kinds := .Files.Get "files/kinds.yaml" | fromYaml }}
{{- $plurals := list }}
{{- range $kind, $plural := $kinds }}
{{- if or (empty $.Values.kinds) (has $kind $.Values.kinds) }}
{{- $plurals = append $plurals $plural }}
{{- $all = append $all $plural }}
{{- end }}
{{- end }}
{{ $lifecycle }}: {{ toJson $plurals }}
{{- end }}
all: {{ toJson (sortAlpha $all) }}
{{- end }}

{{- /* Permissions in the watched namespaces. */}}
{{- define "cloudfront-operator.rules" -}}
{{- $kinds := include "cloudfront-operator.kinds" . | fromYaml -}}
- apiGroups: [cloudfront-operator.dev]
  resources: [{{ join ", " $kinds.all }}]
  verbs: [get, list, watch]
{{- with $kinds.managed }}
# The finalizer and the annotations recreate-count, created-as and created-tags. An Invalidation has none of them.
- apiGroups: [cloudfront-operator.dev]
  resources: [{{ join ", " . }}]
  verbs: [patch]
{{- end }}
- apiGroups: [cloudfront-operator.dev]
  resources: [{{ join "/status, " $kinds.all }}/status]
  verbs: [patch]
{{- with $kinds.oneShot }}
# Deletion after ttlSecondsAfterFinished.
- apiGroups: [cloudfront-operator.dev]
  resources: [{{ join ", " . }}]
  verbs: [delete]
{{- end }}
{{- if $kinds.cluster }}
# Invalidations of InvalidationPolicies.
- apiGroups: [cloudfront-operator.dev]
  resources: [invalidations]
  verbs: [create]
{{- if .Values.rbac.watchDeployments }}
# Triggers with deploymentRef.
- apiGroups: [apps]
  resources: [deployments]
  verbs: [get, list, watch]
{{- end }}
{{- if .Values.rbac.watchConfigMaps }}
# Triggers with configMapRef.
- apiGroups: [""]
  resources: [configmaps]
  verbs: [get, list, watch]
{{- end }}
{{- end }}
- apiGroups: [events.k8s.io]
  resources: [events]
  verbs: [create, patch]
{{- if .Values.rbac.readSecrets }}
# Values with secretKeyRef.
- apiGroups: [""]
  resources: [secrets]
  {{- with .Values.rbac.secretNames }}
  resourceNames:
  {{- toYaml . | nindent 2 }}
  {{- end }}
  verbs: [get]
{{- end }}
{{- if .Values.rbac.readConfigMaps }}
# Values with configMapKeyRef.
- apiGroups: [""]
  resources: [configmaps]
  {{- with .Values.rbac.configMapNames }}
  resourceNames:
  {{- toYaml . | nindent 2 }}
  {{- end }}
  verbs: [get]
{{- end }}
{{- end }}

{{- /* Watched namespaces in which the permissions are kept until the objects of a deleted namespace are gone, separated by commas. */}}
{{- define "cloudfront-operator.protectedNamespaces" -}}
{{- if and .Values.rbac.create .Values.rbac.keepInDeletedNamespaces }}
{{- without .Values.watch.namespaces .Release.Namespace | join "," }}
{{- end }}
{{- end }}

{{- define "cloudfront-operator.subjects" -}}
subjects:
- kind: ServiceAccount
  name: {{ include "cloudfront-operator.serviceAccountName" . }}
  namespace: {{ .Release.Namespace }}
{{- end }}
