{{/* A webhook configuration. `annotations` are added: the hook that removes it on uninstall is the same object. */}}
{{- define "portcullis.validatingWebhookConfiguration" -}}
{{- $ := .root -}}
{{- $values := .root.Values -}}
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingWebhookConfiguration
metadata:
  name: {{ $values.validatingWebhookName }}
  labels:
    {{- include "portcullis.labels" $ | nindent 4 }}
  {{- with merge (deepCopy .annotations) $values.validatingWebhookAnnotations }}
  annotations:
    {{- toYaml . | nindent 4 }}
  {{- end }}
webhooks:
- name: validation.gatekeeper.sh
  admissionReviewVersions: [v1, v1beta1]
  clientConfig:
    {{- include "portcullis.clientConfig" (dict "root" $ "url" $values.validatingWebhookURL "path" "/v1/admit") | nindent 4 }}
  failurePolicy: {{ $values.validatingWebhookFailurePolicy }}
  matchPolicy: Exact
  sideEffects: None
  timeoutSeconds: {{ $values.validatingWebhookTimeoutSeconds }}
  namespaceSelector:
    matchExpressions:
    - key: admission.gatekeeper.sh/ignore
      operator: DoesNotExist
    {{- include "portcullis.exemptNamespaces" (dict "root" $ "labels" $values.validatingWebhookExemptNamespacesLabels) | trim | nindent 4 }}
  objectSelector: {{ toJson $values.validatingWebhookObjectSelector }}
  {{- $conditions := include "portcullis.exclusions" $ | trim }}
  {{- if or $conditions $values.validatingWebhookMatchConditions }}
  matchConditions:
  {{- with $conditions }}
  {{- . | nindent 2 }}
  {{- end }}
  {{- with $values.validatingWebhookMatchConditions }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
  {{- end }}
  rules:
  {{- if $values.validatingWebhookCustomRules }}
  {{- toYaml $values.validatingWebhookCustomRules | nindent 2 }}
  {{- else }}
  - apiGroups: ["*"]
    apiVersions: ["*"]
    operations:
    - CREATE
    - UPDATE
    {{- if $values.enableDeleteOperations }}
    - DELETE
    {{- end }}
    {{- if $values.enableConnectOperations }}
    - CONNECT
    {{- end }}
    # Subresources are listed one by one, without `status`: the kubelets' own writes would be a load and a danger.
    resources:
    - "*"
    {{- range $values.validatingWebhookSubResources }}
    - {{ . | quote }}
    {{- end }}
    scope: {{ $values.validatingWebhookScope | quote }}
  {{- end }}
- name: check-ignore-label.gatekeeper.sh
  admissionReviewVersions: [v1, v1beta1]
  clientConfig:
    {{- include "portcullis.clientConfig" (dict "root" $ "url" $values.validatingWebhookURL "path" "/v1/admitlabel") | nindent 4 }}
  failurePolicy: {{ $values.validatingWebhookCheckIgnoreFailurePolicy }}
  matchPolicy: Exact
  sideEffects: None
  timeoutSeconds: {{ $values.validatingWebhookTimeoutSeconds }}
  namespaceSelector:
    matchExpressions:
    - key: kubernetes.io/metadata.name
      operator: NotIn
      values:
      - {{ $.Release.Namespace | quote }}
  # A Namespace without the label needs nobody's leave.
  matchConditions:
  - name: carries-the-ignore-label
    expression: has(object.metadata.labels) && "admission.gatekeeper.sh/ignore" in object.metadata.labels
  rules:
  - apiGroups: [""]
    apiVersions: ["*"]
    operations: [CREATE, UPDATE]
    resources: [namespaces]
    scope: "*"
{{- end -}}

{{- define "portcullis.mutatingWebhookConfiguration" -}}
{{- $ := .root -}}
{{- $values := .root.Values -}}
apiVersion: admissionregistration.k8s.io/v1
kind: MutatingWebhookConfiguration
metadata:
  name: {{ $values.mutatingWebhookName }}
  labels:
    {{- include "portcullis.labels" $ | nindent 4 }}
  {{- with merge (deepCopy .annotations) $values.mutatingWebhookAnnotations }}
  annotations:
    {{- toYaml . | nindent 4 }}
  {{- end }}
webhooks:
- name: mutation.gatekeeper.sh
  admissionReviewVersions: [v1, v1beta1]
  clientConfig:
    {{- include "portcullis.clientConfig" (dict "root" $ "url" $values.mutatingWebhookURL "path" "/v1/mutate") | nindent 4 }}
  failurePolicy: {{ $values.mutatingWebhookFailurePolicy }}
  reinvocationPolicy: {{ $values.mutatingWebhookReinvocationPolicy }}
  matchPolicy: Exact
  sideEffects: None
  timeoutSeconds: {{ $values.mutatingWebhookTimeoutSeconds }}
  namespaceSelector:
    matchExpressions:
    - key: admission.gatekeeper.sh/ignore
      operator: DoesNotExist
    {{- include "portcullis.exemptNamespaces" (dict "root" $ "labels" $values.mutatingWebhookExemptNamespacesLabels) | trim | nindent 4 }}
  objectSelector: {{ toJson $values.mutatingWebhookObjectSelector }}
  {{- $conditions := include "portcullis.exclusions" $ | trim }}
  {{- if or $conditions $values.mutatingWebhookMatchConditions }}
  matchConditions:
  {{- with $conditions }}
  {{- . | nindent 2 }}
  {{- end }}
  {{- with $values.mutatingWebhookMatchConditions }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
  {{- end }}
  rules:
  {{- if $values.mutatingWebhookCustomRules }}
  {{- toYaml $values.mutatingWebhookCustomRules | nindent 2 }}
  {{- else }}
  - apiGroups: ["*"]
    apiVersions: ["*"]
    operations: [CREATE, UPDATE]
    resources:
    - "*"
    {{- range $values.mutatingWebhookSubResources }}
    - {{ . | quote }}
    {{- end }}
    scope: {{ $values.mutatingWebhookScope | quote }}
  {{- end }}
{{- end -}}
