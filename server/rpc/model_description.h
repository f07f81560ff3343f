#pragma once

#include <cstddef>
#include <vector>

#include "google/protobuf/repeated_ptr_field.h"
#include "server/pipeline/model_catalog.h"
#include "wanwu/v1/image_classifier.pb.h"

namespace wanwu::rpc {

wanwu::v1::Model::State ToProto(pipeline::ModelState state);

// What ListModels and GetModel say of one model version.
wanwu::v1::Model DescribeModel(const pipeline::CatalogEntry& entry);

// Of all of these. If that took more than kMaxListBytes, only what tells them
// apart and their states: clients take 4 MiB unless told otherwise.
inline constexpr size_t kMaxListBytes = 3 << 20;
void DescribeModels(const std::vector<pipeline::CatalogEntry>& entries,
                    google::protobuf::RepeatedPtrField<wanwu::v1::Model>& out);

}  // namespace wanwu::rpc
