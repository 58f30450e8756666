{{- /* Permissions in the watched namespaces. */}}
{{- define "cloudfront-operator.rules" -}}
{{- $kinds := .Files.Get "files/kinds.yaml" | fromYaml -}}
- apiGroups: [cloudfront-operator.dev]
  resources: [{{ join ", " $kinds.all }}]
  verbs: [get, list, watch]
# The finalizer and the annotations recreate-count, created-as and created-tags. An Invalidation has none of them.
- apiGroups: [cloudfront-operator.dev]
  resources: [{{ join ", " $kinds.managed }}]
  verbs: [patch]
- apiGroups: [cloudfront-operator.dev]
  resources: [{{ join "/status, " $kinds.all }}/status]
  verbs: [patch]
# Deletion after ttlSecondsAfterFinished.
- apiGroups: [cloudfront-operator.dev]
  resources: [{{ join ", " $kinds.oneShot }}]
  verbs: [delete]
- apiGroups: [events.k8s.io]
  resources: [events]
  verbs: [create, patch]
{{- if .Values.rbac.readSecrets }}
# Values of origin custom headers with headerValueFrom.
- apiGroups: [""]
  resources: [secrets]
  {{- with .Values.rbac.secretNames }}
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
