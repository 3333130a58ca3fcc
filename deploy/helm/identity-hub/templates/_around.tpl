{{/* What stands around a deployment: its account, its Service, its budget. Takes what hub.deployment takes. */}}
{{- define "hub.around" -}}
{{- $name := include "hub.name" .root -}}
apiVersion: v1
kind: ServiceAccount
metadata:
  name: {{ $name }}-{{ .component }}
  namespace: {{ .root.Release.Namespace }}
  labels: {{- include "hub.labels" . | nindent 4 }}
  {{- with .root.Values.serviceAccount.annotations }}
  annotations: {{- toYaml . | nindent 4 }}
  {{- end }}
automountServiceAccountToken: false
---
apiVersion: v1
kind: Service
metadata:
  name: {{ $name }}-{{ .component }}
  namespace: {{ .root.Release.Namespace }}
  labels: {{- include "hub.labels" . | nindent 4 }}
spec:
  type: {{ .root.Values.service.type }}
  selector: {{- include "hub.selector" . | nindent 4 }}
  ports:
    - { name: http, port: {{ .root.Values.service.port }}, targetPort: http }
    {{- if .root.Values.metrics.enabled }}
    - { name: metrics, port: {{ .root.Values.metrics.port }}, targetPort: metrics }
    {{- end }}
{{- if .root.Values.podDisruptionBudget.enabled }}
---
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata:
  name: {{ $name }}-{{ .component }}
  namespace: {{ .root.Release.Namespace }}
  labels: {{- include "hub.labels" . | nindent 4 }}
spec:
  # A share of the replicas would stop the drain of a node where there is one.
  maxUnavailable: 1
  unhealthyPodEvictionPolicy: AlwaysAllow
  selector:
    matchLabels: {{- include "hub.selector" . | nindent 6 }}
{{- end }}
{{- end }}
