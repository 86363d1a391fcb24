{{/* Made as the files in crds are. */}}
{{- define "portcullis.crdNames" -}}
- assign.mutations.gatekeeper.sh
- assignimage.mutations.gatekeeper.sh
- assignmetadata.mutations.gatekeeper.sh
- configpodstatuses.status.gatekeeper.sh
- configs.config.gatekeeper.sh
- connectionpodstatuses.status.gatekeeper.sh
- connections.connection.gatekeeper.sh
- constraintpodstatuses.status.gatekeeper.sh
- constrainttemplatepodstatuses.status.gatekeeper.sh
- constrainttemplates.templates.gatekeeper.sh
- expansiontemplate.expansion.gatekeeper.sh
- expansiontemplatepodstatuses.status.gatekeeper.sh
- modifyset.mutations.gatekeeper.sh
- mutatorpodstatuses.status.gatekeeper.sh
- providerpodstatuses.status.gatekeeper.sh
- providers.externaldata.gatekeeper.sh
- syncsets.syncset.gatekeeper.sh
{{- end -}}
