// Package types names the types of which controller-gen makes definitions.
package types

import _ "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
