{{- /* The configuration is in environment variables, so that `run` and `doctor` use the same. */}}
{{- define "cloudfront-operator.env" -}}
- name: CLOUDFRONT_OPERATOR_READ_ONLY
  value: {{ .Values.readOnly | quote }}
{{- with .Values.watch.namespaces }}
- name: CLOUDFRONT_OPERATOR_WATCH_NAMESPACES
  value: {{ join "," . | quote }}
{{- end }}
{{- with include "cloudfront-operator.protectedNamespaces" . }}
{{- $name := printf "%s-objects" (include "cloudfront-operator.fullname" $) }}
{{- $names := list }}
{{- range splitList "," . }}
{{- $names = append $names (printf "%s/%s" . $name) }}
{{- end }}
- name: CLOUDFRONT_OPERATOR_PROTECTED_ROLE_BINDINGS
  value: {{ join "," $names | quote }}
{{- end }}
{{- with .Values.kinds }}
- name: CLOUDFRONT_OPERATOR_KINDS
  value: {{ join "," . | quote }}
{{- end }}
{{- with .Values.watch.labelSelector }}
- name: CLOUDFRONT_OPERATOR_WATCH_LABEL_SELECTOR
  value: {{ . | quote }}
{{- end }}
{{- if not (kindIs "invalid" .Values.invalidationPolicies.maxPathsPerMonth) }}
- name: CLOUDFRONT_OPERATOR_MAX_INVALIDATION_PATHS_PER_MONTH
  value: {{ int64 .Values.invalidationPolicies.maxPathsPerMonth | quote }}
{{- end }}
- name: CLOUDFRONT_OPERATOR_EVENTS
  value: {{ .Values.events | quote }}
- name: CLOUDFRONT_OPERATOR_MAX_CONCURRENT_RECONCILES
  value: {{ .Values.maxConcurrentReconciles | quote }}
- name: CLOUDFRONT_OPERATOR_RESYNC_PERIOD
  value: {{ .Values.resyncPeriod | quote }}
- name: CLOUDFRONT_OPERATOR_DEPLOYMENT_POLL_INTERVAL
  value: {{ .Values.deploymentPollInterval | quote }}
- name: CLOUDFRONT_OPERATOR_CLOUDFRONT_READ_QPS
  value: {{ .Values.rateLimit.readQPS | quote }}
- name: CLOUDFRONT_OPERATOR_CLOUDFRONT_WRITE_QPS
  value: {{ .Values.rateLimit.writeQPS | quote }}
- name: CLOUDFRONT_OPERATOR_LEADER_ELECT
  value: {{ .Values.leaderElection.enabled | quote }}
- name: CLOUDFRONT_OPERATOR_LEADER_ELECT_LEASE_DURATION
  value: {{ .Values.leaderElection.leaseDuration | quote }}
# A restarted container takes over the Lease that its pod holds.
- name: POD_UID
  valueFrom:
    fieldRef:
      fieldPath: metadata.uid
- name: CLOUDFRONT_OPERATOR_METRICS_BIND_ADDRESS
  value: {{ printf "%s:%v" .Values.listenAddress .Values.metrics.port | quote }}
{{- if .Values.metrics.perObject }}
- name: CLOUDFRONT_OPERATOR_METRICS_PER_OBJECT
  value: "true"
{{- end }}
- name: CLOUDFRONT_OPERATOR_HEALTH_PROBE_BIND_ADDRESS
  value: {{ printf "%s:%v" .Values.listenAddress .Values.healthPort | quote }}
- name: CLOUDFRONT_OPERATOR_LOG_LEVEL
  value: {{ .Values.logging.level | quote }}
- name: CLOUDFRONT_OPERATOR_LOG_FORMAT
  value: {{ .Values.logging.format }}
{{- with .Values.otlp.endpoint }}
- name: CLOUDFRONT_OPERATOR_OTLP_ENDPOINT
  value: {{ . | quote }}
{{- end }}
{{ include "cloudfront-operator.awsEnv" . }}
{{- with .Values.proxy.https }}
- name: HTTPS_PROXY
  value: {{ . | quote }}
{{- end }}
{{- with .Values.proxy.noProxy }}
- name: NO_PROXY
  value: {{ . | quote }}
{{- end }}
{{- if or .Values.customCA.configMap.name .Values.customCA.secret.name }}
# The program reads both: the file adds certificates to those of the image in the directory.
- name: SSL_CERT_FILE
  value: /etc/cloudfront-operator/ca/ca.crt
- name: SSL_CERT_DIR
  value: /etc/ssl/certs
{{- end }}
{{- with .Values.extraEnv }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{- define "cloudfront-operator.awsEnv" -}}
{{- if .Values.simulator.enabled -}}
- name: CLOUDFRONT_OPERATOR_ENDPOINT_URL
  value: {{ include "cloudfront-operator.simulatorUrl" . }}
- name: AWS_ENDPOINT_URL_STS
  value: {{ include "cloudfront-operator.simulatorUrl" . }}
- name: CLOUDFRONT_OPERATOR_ALLOW_INSECURE_HTTP
  value: "true"
# Credentials of the simulator, which are not valid for AWS.
- name: AWS_ACCESS_KEY_ID
  value: AKIASIMULATOR0000000
- name: AWS_SECRET_ACCESS_KEY
  value: opens-nothing-but-the-simulator
{{- else -}}
- name: CLOUDFRONT_OPERATOR_ALLOW_INSECURE_HTTP
  value: {{ .Values.aws.allowInsecureHTTP | quote }}
{{- with .Values.aws.endpointUrl }}
- name: CLOUDFRONT_OPERATOR_ENDPOINT_URL
  value: {{ . | quote }}
{{- end }}
{{- with .Values.aws.stsEndpointUrl }}
- name: AWS_ENDPOINT_URL_STS
  value: {{ . | quote }}
{{- end }}
{{- with .Values.aws.existingSecret.name }}
- name: AWS_ACCESS_KEY_ID
  valueFrom:
    secretKeyRef:
      name: {{ . }}
      key: {{ $.Values.aws.existingSecret.accessKeyIdKey }}
- name: AWS_SECRET_ACCESS_KEY
  valueFrom:
    secretKeyRef:
      name: {{ . }}
      key: {{ $.Values.aws.existingSecret.secretAccessKeyKey }}
{{- with $.Values.aws.existingSecret.sessionTokenKey }}
- name: AWS_SESSION_TOKEN
  valueFrom:
    secretKeyRef:
      name: {{ $.Values.aws.existingSecret.name }}
      key: {{ . }}
{{- end }}
{{- end }}
{{- end }}
{{- with .Values.aws.region }}
- name: AWS_REGION
  value: {{ . }}
{{- end }}
{{- end }}

{{- define "cloudfront-operator.mounts" -}}
{{- if or .Values.customCA.configMap.name .Values.customCA.secret.name }}
- name: custom-ca
  mountPath: /etc/cloudfront-operator/ca
  readOnly: true
{{- end }}
{{- with .Values.extraVolumeMounts }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{- define "cloudfront-operator.volumes" -}}
{{- with .Values.customCA.configMap.name }}
- name: custom-ca
  configMap:
    name: {{ . }}
    items:
    - key: {{ $.Values.customCA.configMap.key }}
      path: ca.crt
{{- end }}
{{- with .Values.customCA.secret.name }}
- name: custom-ca
  secret:
    secretName: {{ . }}
    items:
    - key: {{ $.Values.customCA.secret.key }}
      path: ca.crt
{{- end }}
{{- with .Values.extraVolumes }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{- /* Pod settings of the operator and of `helm test`. */}}
{{- define "cloudfront-operator.operatorPod" -}}
serviceAccountName: {{ include "cloudfront-operator.serviceAccountName" . }}
automountServiceAccountToken: true
{{ include "cloudfront-operator.pod" . }}
{{- with (include "cloudfront-operator.volumes" .) }}
volumes:
{{- . }}
{{- end }}
{{- end }}

{{- /* Pod settings of the operator, of `helm test` and of the simulator. */}}
{{- define "cloudfront-operator.pod" -}}
enableServiceLinks: false
securityContext:
  {{- include "cloudfront-operator.securityContext" (list . .Values.podSecurityContext) | nindent 2 }}
{{- if not (kindIs "invalid" .Values.hostUsers) }}
hostUsers: {{ .Values.hostUsers }}
{{- end }}
{{- with concat .Values.imagePullSecrets .Values.global.imagePullSecrets | uniq }}
imagePullSecrets:
{{- toYaml . | nindent 0 }}
{{- end }}
{{- with merge dict .Values.nodeSelector .Values.global.nodeSelector }}
nodeSelector:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with default .Values.global.tolerations .Values.tolerations }}
tolerations:
{{- toYaml . | nindent 0 }}
{{- end }}
{{- with default .Values.global.priorityClassName .Values.priorityClassName }}
priorityClassName: {{ . }}
{{- end }}
{{- with .Values.runtimeClassName }}
runtimeClassName: {{ . }}
{{- end }}
{{- with .Values.dnsPolicy }}
dnsPolicy: {{ . }}
{{- end }}
{{- with .Values.dnsConfig }}
dnsConfig:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.hostAliases }}
hostAliases:
{{- toYaml . | nindent 0 }}
{{- end }}
{{- end }}

{{- /* A security context without the ids that OpenShift assigns. Takes [root, securityContext]. */}}
{{- define "cloudfront-operator.securityContext" -}}
{{- $context := index . 1 }}
{{- if (index . 0).Values.openshift.enabled }}
{{- $context = omit $context "runAsUser" "runAsGroup" "fsGroup" }}
{{- end }}
{{- toYaml $context }}
{{- end }}

{{- /* Container settings of the operator and of `helm test`. */}}
{{- define "cloudfront-operator.operatorContainer" -}}
image: {{ include "cloudfront-operator.image" (list .Values.image .Chart.AppVersion) }}
imagePullPolicy: {{ .Values.image.pullPolicy }}
env:
{{- include "cloudfront-operator.env" . | nindent 0 }}
{{- with .Values.extraEnvFrom }}
envFrom:
{{- toYaml . | nindent 0 }}
{{- end }}
resources:
  {{- toYaml .Values.resources | nindent 2 }}
securityContext:
  {{- include "cloudfront-operator.securityContext" (list . .Values.securityContext) | nindent 2 }}
{{- with (include "cloudfront-operator.mounts" . | trim) }}
volumeMounts:
{{- . | nindent 0 }}
{{- end }}
{{- end }}
