{{/* The label `app` that Gatekeeper's objects carry: selectors cannot change, so a release of its chart can be upgraded to this one. */}}
{{- define "portcullis.name" -}}
{{- default "gatekeeper" .Values.nameOverride | trunc 63 | trimSuffix "-" -}}
{{- end -}}

{{- define "portcullis.selectorLabels" -}}
app: {{ include "portcullis.name" . | quote }}
chart: {{ include "portcullis.name" . | quote }}
gatekeeper.sh/system: "yes"
heritage: {{ .Release.Service | quote }}
release: {{ .Release.Name | quote }}
{{- end -}}

{{- define "portcullis.controllerLabels" -}}
{{ include "portcullis.selectorLabels" . }}
control-plane: controller-manager
gatekeeper.sh/operation: webhook
{{- end -}}

{{- define "portcullis.auditLabels" -}}
{{ include "portcullis.selectorLabels" . }}
control-plane: audit-controller
gatekeeper.sh/operation: audit
{{- end -}}

{{/* Labels of every object, besides those that select. */}}
{{- define "portcullis.commonLabels" -}}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" | trunc 63 | trimSuffix "-" | quote }}
app.kubernetes.io/name: {{ include "portcullis.name" . | quote }}
app.kubernetes.io/instance: {{ .Release.Name | quote }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service | quote }}
{{- with .Values.commonLabels }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{- define "portcullis.labels" -}}
{{ include "portcullis.selectorLabels" . }}
{{ include "portcullis.commonLabels" . }}
{{- end -}}

{{- define "portcullis.image" -}}
{{ .Values.image.repository }}:{{ default .Chart.AppVersion .Values.image.release }}
{{- end -}}

{{- define "portcullis.certSecret" -}}
{{- if .Values.externalCertInjection.enabled -}}
{{ .Values.externalCertInjection.secretName }}
{{- else -}}
gatekeeper-webhook-server-cert
{{- end -}}
{{- end -}}

{{/* "true" when helm talks to a cluster; `helm template` does not. */}}
{{- define "portcullis.inCluster" -}}
{{- if lookup "v1" "Namespace" "" "kube-system" }}true{{ end }}
{{- end -}}

{{/* "true" when the cluster has another CRD than this chart, so that a Job has work to do; where nobody can tell, it looks itself. */}}
{{- define "portcullis.crdsDiffer" -}}
{{- $differ := not (include "portcullis.inCluster" .) }}
{{- if not $differ }}
{{- range $name, $fingerprint := include "portcullis.crds" . | fromYaml }}
{{- $found := lookup "apiextensions.k8s.io/v1" "CustomResourceDefinition" "" $name }}
{{- if ne (dig "metadata" "annotations" "gatekeeper.sh/portcullis-schema" "" $found) $fingerprint }}{{ $differ = true }}{{ end }}
{{- end }}
{{- end }}
{{- if $differ }}true{{ end }}
{{- end -}}

{{/* Annotations of a hook's objects: made anew each time, gone when it has succeeded. */}}
{{- define "portcullis.hook" -}}
helm.sh/hook: {{ . }}
helm.sh/hook-weight: "1"
helm.sh/hook-delete-policy: hook-succeeded,before-hook-creation
{{- end -}}

{{- define "portcullis.securityContext" -}}
{{- if .root.Values.enableRuntimeDefaultSeccompProfile }}
seccompProfile:
  type: RuntimeDefault
{{- end }}
{{- with .context }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{/* Flags that both Deployments get. `.pod` is controllerManager or audit. */}}
{{- define "portcullis.commonArgs" -}}
{{- $values := .root.Values -}}
- --logtostderr
- --health-addr=:{{ .pod.healthPort }}
- --prometheus-port={{ .pod.metricsPort }}
- --log-level={{ default $values.logLevel .pod.logLevel }}
- --log-level-key={{ $values.logLevelKey }}
- --log-level-encoder={{ $values.logLevelEncoder }}
{{- with .pod.logFile }}
- --log-file={{ . }}
{{- end }}
- --enable-external-data={{ $values.enableExternalData }}
- --enable-generator-resource-expansion={{ $values.enableGeneratorResourceExpansion }}
- --enable-referential-rules={{ $values.enableReferentialRules }}
- --readiness-retries={{ int $values.readinessRetries }}
- --shutdown-delay={{ int $values.shutdownDelay }}
- --enable-pprof={{ $values.enablePprof }}
- --pprof-port={{ $values.pprofPort }}
- --kube-api-qps={{ int $values.kubeApiQps }}
- --kube-api-burst={{ int $values.kubeApiBurst }}
{{- range $values.disabledBuiltins }}
- --disable-opa-builtin={{ . }}
{{- end }}
{{- range $values.allowNet }}
- --allow-net={{ . }}
{{- end }}
{{- end -}}

{{- define "portcullis.env" -}}
{{- range concat .root.Values.extraEnvs .pod.extraEnvs }}
- {{ toYaml . | nindent 2 | trim }}
{{- end }}
- name: POD_NAME
  valueFrom:
    fieldRef:
      fieldPath: metadata.name
- name: POD_NAMESPACE
  valueFrom:
    fieldRef:
      fieldPath: metadata.namespace
{{- end -}}

{{- define "portcullis.probes" -}}
livenessProbe:
  httpGet:
    path: /healthz
    port: healthz
  timeoutSeconds: {{ .livenessTimeout }}
readinessProbe:
  httpGet:
    path: /readyz
    port: healthz
  periodSeconds: 5
  timeoutSeconds: {{ .readinessTimeout }}
{{- end -}}

{{/* What a pod of either Deployment has besides its container and volumes. */}}
{{- define "portcullis.scheduling" -}}
{{- with .root.Values.image.pullSecrets }}
imagePullSecrets:
  {{- toYaml . | nindent 2 }}
{{- end }}
serviceAccountName: gatekeeper-admin
automountServiceAccountToken: {{ .pod.serviceAccount.automountServiceAccountToken }}
terminationGracePeriodSeconds: 60
hostNetwork: {{ .pod.hostNetwork }}
dnsPolicy: {{ .pod.dnsPolicy }}
{{- with .pod.priorityClassName }}
priorityClassName: {{ . }}
{{- end }}
{{- with .pod.podSecurityContext }}
securityContext:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- include "portcullis.placement" .pod }}
{{- with .pod.topologySpreadConstraints }}
topologySpreadConstraints:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end -}}

{{- define "portcullis.placement" -}}
{{- with .affinity }}
affinity:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .nodeSelector }}
nodeSelector:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .tolerations }}
tolerations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end -}}

{{/* What no failure of a webhook may stop; the expressions cannot fail themselves, which would refuse everything. */}}
{{- define "portcullis.exclusions" -}}
{{- with .Values.webhookExclusions }}
{{- if .leases }}
- name: exclude-leases
  expression: '!(request.resource.group == "coordination.k8s.io" && request.resource.resource == "leases")'
{{- end }}
{{- if .nodes }}
- name: exclude-nodes
  expression: '!(request.resource.group == "" && request.resource.resource == "nodes" && !has(request.subResource))'
- name: exclude-node-registration
  expression: >-
    !(request.resource.group == "certificates.k8s.io" ||
    request.resource.group == "storage.k8s.io" && request.resource.resource in ["csinodes", "volumeattachments"])
{{- end }}
{{- if .kubelets }}
- name: exclude-kubelets
  expression: '!("system:nodes" in request.userInfo.groups)'
{{- end }}
{{- if .apiServer }}
- name: exclude-api-server
  expression: request.userInfo.username != "system:apiserver"
{{- end }}
{{- if .accessReviews }}
- name: exclude-access-reviews
  expression: '!(request.resource.group in ["authentication.k8s.io", "authorization.k8s.io"])'
{{- end }}
{{- if .ownObjects }}
- name: exclude-own-account
  expression: request.userInfo.username != "system:serviceaccount:{{ $.Release.Namespace }}:gatekeeper-admin"
- name: exclude-own-objects
  expression: >-
    !(has(request.name) &&
    (request.resource.group == "rbac.authorization.k8s.io" &&
    request.name in ["gatekeeper-manager-role", "gatekeeper-manager-rolebinding", "gatekeeper-admin-upgrade-crds"] ||
    request.resource.group == "apiextensions.k8s.io" && request.name.endsWith(".gatekeeper.sh")))
{{- end }}
{{- end }}
{{- end -}}

{{/* Namespaces that a webhook is not called for. */}}
{{- define "portcullis.exemptNamespaces" -}}
{{- $name := "kubernetes.io/metadata.name" -}}
{{- range $key, $listed := merge (deepCopy .labels) (dict $name list) }}
- key: {{ $key }}
  operator: NotIn
  values:
  {{- $all := $listed }}
  {{- if eq $key $name }}{{ $all = append $listed $.root.Release.Namespace | uniq }}{{ end }}
  {{- range $all }}
  - {{ . | quote }}
  {{- end }}
{{- end }}
{{- end -}}

{{- define "portcullis.clientConfig" -}}
{{- if .url -}}
url: https://{{ .url }}{{ .path }}
{{- else -}}
service:
  name: gatekeeper-webhook-service
  namespace: {{ .root.Release.Namespace }}
  path: {{ .path }}
{{- end -}}
{{- end -}}

{{/* Where exported violations go; for each Deployment that exports some. */}}
{{- define "portcullis.exportArgs" -}}
- --audit-connection={{ .Values.audit.connection }}
- --audit-channel={{ .Values.audit.channel }}
{{- end -}}

{{- define "portcullis.exportMount" -}}
- name: {{ .Values.audit.exportVolume.name }}
  mountPath: {{ .Values.audit.exportVolumeMount.path }}
{{- end -}}
