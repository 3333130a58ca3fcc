{{- define "hub.name" -}}
{{- if contains .Chart.Name .Release.Name }}{{ .Release.Name | trunc 40 | trimSuffix "-" }}{{ else }}{{ printf "%s-%s" .Release.Name .Chart.Name | trunc 40 | trimSuffix "-" }}{{ end }}
{{- end }}

{{- define "hub.selector" -}}
app.kubernetes.io/name: {{ .root.Chart.Name }}
app.kubernetes.io/instance: {{ .root.Release.Name }}
app.kubernetes.io/component: {{ .component }}
{{- end }}

{{- define "hub.labels" -}}
{{ include "hub.selector" . }}
app.kubernetes.io/part-of: identity-hub
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
app.kubernetes.io/version: {{ .root.Chart.AppVersion | quote }}
helm.sh/chart: {{ printf "%s-%s" .root.Chart.Name .root.Chart.Version }}
{{- end }}

{{/* An image: registry override, digest before tag. Takes {root, image}. */}}
{{- define "hub.image" -}}
{{- $registry := ternary (printf "%s/" (trimSuffix "/" .root.Values.image.registry)) "" (ne .root.Values.image.registry "") -}}
{{- if .image.digest }}{{ printf "%s%s@%s" $registry .image.repository .image.digest }}{{ else }}{{ printf "%s%s:%s" $registry .image.repository (.image.tag | default .root.Chart.AppVersion) }}{{ end }}
{{- end }}

{{- define "hub.podSecurity" -}}
runAsNonRoot: true
runAsUser: {{ . }}
runAsGroup: {{ . }}
fsGroup: {{ . }}
fsGroupChangePolicy: OnRootMismatch
seccompProfile: { type: RuntimeDefault }
{{- end }}

{{- define "hub.containerSecurity" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
runAsNonRoot: true
privileged: false
capabilities: { drop: [ALL] }
seccompProfile: { type: RuntimeDefault }
{{- end }}

{{- define "hub.masterKeySecret" -}}
{{- if .Values.masterKey.existingSecret }}{{ .Values.masterKey.existingSecret }}{{ else }}{{ include "hub.name" . }}-trial{{ end }}
{{- end }}

{{- define "hub.databaseSecret" -}}
{{- if .Values.trial }}{{ include "hub.name" . }}-trial{{ else }}{{ .Values.database.existingSecret }}{{ end }}
{{- end }}

{{- define "hub.brokers" -}}
{{- if .Values.trial }}{{ include "hub.name" . }}-kafka:9092{{ else }}{{ join "," .Values.kafka.brokers }}{{ end }}
{{- end }}

{{- define "hub.witnessUrl" -}}
{{- if .Values.witness.enabled }}http://{{ include "hub.name" . }}-witness:3000{{ else }}{{ .Values.witness.external.url }}{{ with .Values.witness.external.key }}#{{ . }}{{ end }}{{ end }}
{{- end }}

{{- define "hub.connectorName" -}}
connector-{{ . }}
{{- end }}

{{/* What the chart cannot do without, each named with its mend. */}}
{{- define "hub.requirements" -}}
{{- if .Values.trial }}
{{- range $name, $value := dict "masterKey.existingSecret" .Values.masterKey.existingSecret "database.existingSecret" .Values.database.existingSecret "kafka.brokers" .Values.kafka.brokers "oidc.issuer" .Values.oidc.issuer }}
{{- if $value }}{{ fail (printf "%s: is given, but trial is true: set trial: false, or leave it out" $name) }}{{ end }}
{{- end }}
{{- else }}
{{- if not .Values.masterKey.existingSecret }}{{ fail "masterKey.existingSecret: is missing: name a Secret with 32 random bytes in base64" }}{{ end }}
{{- if not .Values.database.existingSecret }}{{ fail "database.existingSecret: is missing: name a Secret with the PostgreSQL addresses" }}{{ end }}
{{- if not .Values.kafka.brokers }}{{ fail "kafka.brokers: is missing: give host:port of the brokers" }}{{ end }}
{{- if not .Values.oidc.issuer }}{{ fail "oidc.issuer: is missing: pods share no local issuer; give your identity provider" }}{{ end }}
{{- end }}
{{- if and .Values.networkPolicy.enabled (not .Values.trial) }}
{{- range $name := list "database" "kafka" "oidc" }}
{{- if not (index $.Values.networkPolicy $name) }}{{ fail (printf "networkPolicy.%s: is missing: give cidr and ports that the services may call (or networkPolicy.enabled: false)" $name) }}{{ end }}
{{- end }}
{{- end }}
{{- range $id, $spec := .Values.connectors }}
{{- if and $.Values.networkPolicy.enabled (not $spec.egress) }}{{ fail (printf "connectors.%s.egress: is missing: give cidr and ports that this connector may call" $id) }}{{ end }}
{{- if and $spec.existingSecret (gt (len ($spec.serves | default list)) 1) }}{{ fail (printf "connectors.%s.existingSecret: is of one connector: with serves, give secrets by connector" $id) }}{{ end }}
{{- end }}
{{- if and .Values.kafka.sasl.mechanism (not .Values.kafka.sasl.existingSecret) }}{{ fail "kafka.sasl.existingSecret: is missing: kafka.sasl.mechanism needs the passwords" }}{{ end }}
{{- if and (eq .Values.kafka.sasl.mechanism "plain") (not .Values.kafka.tls) }}{{ fail "kafka.sasl.mechanism: plain sends the password without encryption: set kafka.tls, or use a scram mechanism" }}{{ end }}
{{- if and (not .Values.witness.enabled) (not .Values.witness.external.url) }}{{ fail "witness.external.url: is missing: with witness.enabled false, give the witness that another party runs" }}{{ end }}
{{- with .Values.notifications }}
{{- if and .smtp.existingSecret (not .smtp.from) }}{{ fail "notifications.smtp.from: is missing: give the sender of e-mails" }}{{ end }}
{{- if and .smtp.from (not .smtp.existingSecret) }}{{ fail "notifications.smtp.existingSecret: is missing: name a Secret with the address of the mail server" }}{{ end }}
{{- if and .webhook.url (not .webhook.existingSecret) }}{{ fail "notifications.webhook.existingSecret: is missing: name a Secret with the key that signs webhooks" }}{{ end }}
{{- if and .webhook.existingSecret (not .webhook.url) }}{{ fail "notifications.webhook.url: is missing: give the address that takes webhooks" }}{{ end }}
{{- if and $.Values.networkPolicy.enabled (or .smtp.existingSecret .webhook.url) (not $.Values.networkPolicy.notifications) }}{{ fail "networkPolicy.notifications: is missing: give cidr and ports of the mail server and of what takes webhooks (or networkPolicy.enabled: false)" }}{{ end }}
{{- end }}
{{- if and .Values.ingress.enabled (not .Values.ingress.host) }}{{ fail "ingress.host: is missing: give the host name of the hub" }}{{ end }}
{{- end }}
