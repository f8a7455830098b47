// Writes the added-up cells down as prometheus-cpp's metric families: the one
// table of names, types and help texts. Private to the metrics.
#ifndef HEADGATE_PROXY_METRICS_FAMILIES_H_
#define HEADGATE_PROXY_METRICS_FAMILIES_H_

#include <prometheus/metric_family.h>

#include <vector>

#include "proxy/metrics.h"

namespace headgate::proxy {

// Appends everything that workers count. Series that are zero are left out
// where there is one per status, refusal or reason.
void AppendWorkerFamilies(const WorkerMetrics& totals,
                          std::vector<prometheus::MetricFamily>* families);

// Appends the sources, those of one name as one family.
void AppendSourceFamilies(const std::vector<MetricSource>& sources,
                          std::vector<prometheus::MetricFamily>* families);

}  // namespace headgate::proxy

#endif  // HEADGATE_PROXY_METRICS_FAMILIES_H_
