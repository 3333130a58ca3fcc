{{/*
A deployment of one of the hub's programs.
Takes {root, component, role, program, replicas, resources, connector}: role is hr, governance, provisioning or audit;
connector, for a connector's deployment, is {id, serves, spec}.
*/}}
{{- define "hub.deployment" -}}
{{- $root := .root -}}
{{- $values := .root.Values -}}
{{- $name := include "hub.name" .root -}}
apiVersion: apps/v1
kind: Deployment
metadata:
  name: {{ $name }}-{{ .component }}
  namespace: {{ .root.Release.Namespace }}
  labels: {{- include "hub.labels" . | nindent 4 }}
spec:
  replicas: {{ .replicas }}
  revisionHistoryLimit: 5
  # Longer than startup.waitSeconds: a database that comes late is no failed deployment.
  progressDeadlineSeconds: {{ add $values.startup.waitSeconds 300 }}
  strategy:
    type: RollingUpdate
    rollingUpdate: { maxUnavailable: 0, maxSurge: 1 }
  selector:
    matchLabels: {{- include "hub.selector" . | nindent 6 }}
  template:
    metadata:
      labels:
        {{- include "hub.labels" . | nindent 8 }}
        identity-hub/uses: stores
        {{- with $values.pod.labels }}{{ toYaml . | nindent 8 }}{{ end }}
      {{- with $values.pod.annotations }}
      annotations: {{- toYaml . | nindent 8 }}
      {{- end }}
    spec:
      {{- include "hub.podPlace" .root | nindent 6 }}
      serviceAccountName: {{ $name }}-{{ .component }}
      automountServiceAccountToken: false
      enableServiceLinks: false
      terminationGracePeriodSeconds: {{ $values.shutdown.graceSeconds }}
      securityContext: {{- include "hub.podSecurity" 10001 | nindent 8 }}
      topologySpreadConstraints:
        - maxSkew: 1
          topologyKey: kubernetes.io/hostname
          whenUnsatisfiable: ScheduleAnyway
          labelSelector:
            matchLabels: {{- include "hub.selector" . | nindent 14 }}
      containers:
        - name: {{ .role }}
          image: {{ include "hub.image" (dict "root" .root "image" $values.image) }}
          imagePullPolicy: {{ $values.image.pullPolicy }}
          command: [node, {{ .program }}]
          securityContext: {{- include "hub.containerSecurity" . | nindent 12 }}
          ports:
            - { name: http, containerPort: 3000 }
            {{- if $values.metrics.enabled }}
            - { name: metrics, containerPort: {{ $values.metrics.port }} }
            {{- end }}
          envFrom:
            - configMapRef: { name: {{ $name }} }
          env:
            {{- include "hub.kafkaLogin" . | nindent 12 }}
            {{- if eq .role "audit" }}
            - { name: CHECKPOINT_WITNESS, value: {{ include "hub.witnessUrl" .root | quote }} }
            {{- if $values.services.audit.adoption.existingSecret }}
            - { name: AUDIT_ADOPTION, value: /etc/hub/adoption/value }
            {{- end }}
            {{- end }}
            {{- if eq .role "governance" }}
            {{- include "hub.notifications" $values.notifications | nindent 12 }}
            {{- end }}
            {{- with .connector }}
            - { name: CONNECTOR_ID, value: {{ join "," .serves | quote }} }
            - { name: CONNECTOR_SECRETS_DIR, value: /etc/hub/connector-secrets }
            {{- with .spec.proxy }}
            {{- if .existingSecret }}
            - { name: CONNECTOR_PROXY, value: "file:/etc/hub/connector-proxy/url" }
            {{- else if .url }}
            - { name: CONNECTOR_PROXY, value: {{ .url | quote }} }
            {{- end }}
            {{- end }}
            {{- with .spec.allowedNetworks }}
            - { name: CONNECTOR_ALLOWED_NETWORKS, value: {{ join "," . | quote }} }
            {{- end }}
            {{- end }}
            {{- with (include "hub.extraCa" . | fromYaml).path }}
            - { name: NODE_EXTRA_CA_CERTS, value: {{ . }} }
            {{- end }}
          startupProbe:
            httpGet: { path: /health/live, port: http }
            periodSeconds: 2
            timeoutSeconds: 2
            failureThreshold: {{ div (add $values.startup.waitSeconds 120) 2 }}
          livenessProbe:
            httpGet: { path: /health/live, port: http }
            periodSeconds: 10
            timeoutSeconds: 5
            failureThreshold: 6
          readinessProbe:
            httpGet: { path: /health/ready, port: http }
            periodSeconds: 5
            timeoutSeconds: 5
            failureThreshold: 2
          lifecycle:
            # Endpoints and load balancers learn of the end before the process does.
            preStop: { sleep: { seconds: {{ $values.shutdown.delaySeconds }} } }
          resources: {{- toYaml .resources | nindent 12 }}
          volumeMounts:
            - { name: tmp, mountPath: /tmp }
            - { name: data, mountPath: /data }
            - { name: master-key, mountPath: /etc/hub/master-key, readOnly: true }
            - { name: database, mountPath: /etc/hub/database, readOnly: true }
            {{- include "hub.caMounts" . | nindent 12 }}
            {{- if $values.kafka.sasl.mechanism }}
            - { name: kafka-login, mountPath: /etc/hub/kafka-login, readOnly: true }
            {{- end }}
            {{- range $name, $secret := include "hub.secretFiles" . | fromYaml }}
            - { name: {{ $name }}, mountPath: /etc/hub/{{ $name }}, readOnly: true }
            {{- end }}
            {{- with .connector }}
            {{- if .spec.proxy.existingSecret }}
            - { name: connector-proxy, mountPath: /etc/hub/connector-proxy, readOnly: true }
            {{- end }}
            {{- range $id, $secret := include "hub.connectorSecrets" . | fromYaml }}
            - { name: connector-{{ $id }}, mountPath: /etc/hub/connector-secrets/{{ $id }}, readOnly: true }
            {{- end }}
            {{- end }}
      volumes:
        - { name: tmp, emptyDir: { sizeLimit: 64Mi } }
        {{- if $values.trial }}
        - { name: data, persistentVolumeClaim: { claimName: {{ $name }}-issuer } }
        {{- else }}
        - { name: data, emptyDir: { sizeLimit: 64Mi } }
        {{- end }}
        - name: master-key
          secret:
            secretName: {{ include "hub.masterKeySecret" .root }}
            defaultMode: 0440
            items: [{ key: {{ $values.masterKey.key }}, path: key }]
        - name: database
          secret:
            secretName: {{ include "hub.databaseSecret" .root }}
            defaultMode: 0440
            items: [{ key: {{ index $values.database.keys .role }}, path: url }]
        {{- include "hub.caVolumes" . | nindent 8 }}
        {{- if $values.kafka.sasl.mechanism }}
        - name: kafka-login
          secret:
            secretName: {{ $values.kafka.sasl.existingSecret }}
            defaultMode: 0440
            items: [{ key: {{ index $values.kafka.sasl.keys .role }}, path: password }]
        {{- end }}
        {{- range $name, $secret := include "hub.secretFiles" . | fromYaml }}
        - name: {{ $name }}
          secret: { secretName: {{ $secret.existingSecret }}, defaultMode: 0440, items: [{ key: {{ $secret.key }}, path: value }] }
        {{- end }}
        {{- with .connector }}
        {{- with .spec.proxy }}
        {{- if .existingSecret }}
        - name: connector-proxy
          secret: { secretName: {{ .existingSecret }}, defaultMode: 0440, items: [{ key: {{ .key }}, path: url }] }
        {{- end }}
        {{- end }}
        {{- range $id, $secret := include "hub.connectorSecrets" . | fromYaml }}
        - name: connector-{{ $id }}
          secret: { secretName: {{ $secret }}, defaultMode: 0440 }
        {{- end }}
        {{- end }}
{{- end }}

{{/* Where pods run, and the pull secrets. */}}
{{- define "hub.podPlace" -}}
{{- with .Values.image.pullSecrets }}
imagePullSecrets: {{- range . }}{{ printf "\n  - { name: %s }" . }}{{- end }}
{{- end }}
{{- with .Values.pod.nodeSelector }}
nodeSelector: {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.pod.tolerations }}
tolerations: {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.pod.priorityClassName }}
priorityClassName: {{ . }}
{{- end }}
{{- end }}

{{/* Secrets that only this role has, by name: each is the file /etc/hub/NAME/value. */}}
{{- define "hub.secretFiles" -}}
{{- $values := .root.Values -}}
{{- $own := dict "audit" (dict "adoption" $values.services.audit.adoption) "governance" (pick $values.notifications "smtp" "webhook") -}}
{{- range $name, $secret := get $own .role | default dict }}
{{- if $secret.existingSecret }}
{{ $name }}: {{ toJson (pick $secret "existingSecret" "key") }}
{{- end }}
{{- end }}
{{- end }}

{{/* How people are told, of governance alone. */}}
{{- define "hub.notifications" -}}
{{- with .linkTemplate }}
- { name: LINK_TEMPLATE, value: {{ . | quote }} }
{{- end }}
{{- if .smtp.existingSecret }}
- { name: SMTP_URL, value: "file:/etc/hub/smtp/value" }
- { name: MAIL_FROM, value: {{ .smtp.from | quote }} }
{{- end }}
{{- if .webhook.url }}
- { name: NOTIFICATION_WEBHOOK_URL, value: {{ .webhook.url | quote }} }
- { name: NOTIFICATION_WEBHOOK_SECRET, value: "file:/etc/hub/webhook/value" }
{{- end }}
{{- end }}

{{- define "hub.kafkaLogin" -}}
{{- with .root.Values.kafka.sasl.mechanism }}
- { name: KAFKA_SASL_MECHANISM, value: {{ . }} }
- { name: KAFKA_USERNAME, value: hub-{{ $.role }} }
- { name: KAFKA_PASSWORD, value: "file:/etc/hub/kafka-login/password" }
{{- end }}
{{- end }}

{{/* Folder of the secrets directory to Secret, by connector. */}}
{{- define "hub.connectorSecrets" -}}
{{- if .spec.existingSecret }}{{ toYaml (dict .id .spec.existingSecret) }}{{ else }}{{ toYaml (.spec.secrets | default dict) }}{{ end }}
{{- end }}

{{/* The private CA that the process trusts besides the public ones: a connector's own, else the issuer's. */}}
{{- define "hub.extraCa" -}}
{{- $ca := dict -}}
{{- if .connector }}{{ $ca = .connector.spec.ca | default dict }}{{ end -}}
{{- if not $ca.existingSecret }}{{ $ca = .root.Values.oidc.ca }}{{ end -}}
{{- if $ca.existingSecret -}}
path: /etc/hub/extra-ca/ca.crt
secret: {{ $ca.existingSecret }}
key: {{ $ca.key | default "ca.crt" }}
{{- else -}}
path: ""
{{- end -}}
{{- end }}

{{- define "hub.caMounts" -}}
{{- if .root.Values.database.ca.existingSecret }}
- { name: database-ca, mountPath: /etc/hub/database-ca, readOnly: true }
{{- end }}
{{- if and .root.Values.kafka.tls .root.Values.kafka.ca.existingSecret }}
- { name: kafka-ca, mountPath: /etc/hub/kafka-ca, readOnly: true }
{{- end }}
{{- if (include "hub.extraCa" . | fromYaml).path }}
- { name: extra-ca, mountPath: /etc/hub/extra-ca, readOnly: true }
{{- end }}
{{- end }}

{{- define "hub.caVolumes" -}}
{{- with .root.Values.database.ca }}{{ if .existingSecret }}
- name: database-ca
  secret: { secretName: {{ .existingSecret }}, items: [{ key: {{ .key }}, path: ca.crt }] }
{{- end }}{{ end }}
{{- if and .root.Values.kafka.tls .root.Values.kafka.ca.existingSecret }}
- name: kafka-ca
  secret: { secretName: {{ .root.Values.kafka.ca.existingSecret }}, items: [{ key: {{ .root.Values.kafka.ca.key }}, path: ca.crt }] }
{{- end }}
{{- with include "hub.extraCa" . | fromYaml }}{{ if .path }}
- name: extra-ca
  secret: { secretName: {{ .secret }}, items: [{ key: {{ .key }}, path: ca.crt }] }
{{- end }}{{ end }}
{{- end }}
