#pragma once

#include "server/pipeline/model_catalog.h"
#include "wanwu/v1/image_classifier.pb.h"

namespace wanwu::rpc {

wanwu::v1::Model::State ToProto(pipeline::ModelState state);

// What ListModels and GetModel say of one model version.
wanwu::v1::Model DescribeModel(const pipeline::CatalogEntry& entry);

}  // namespace wanwu::rpc
