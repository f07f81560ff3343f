#include "gateway/oip/message_json.h"

#include <google/protobuf/descriptor.h>

#include <string>

namespace wanwu::gateway {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;
using nlohmann::ordered_json;

// The field's value, or of a repeated field the one at `index`.
class FieldReader {
 public:
  FieldReader(const Message& message, const FieldDescriptor* field)
      : message_(message), field_(field), access_(*message.GetReflection()) {}

  ordered_json Read() const {
    switch (field_->cpp_type()) {
      case FieldDescriptor::CPPTYPE_MESSAGE:
        return MessageJson(access_.GetMessage(message_, field_));
      case FieldDescriptor::CPPTYPE_ENUM:
        return access_.GetEnum(message_, field_)->name();
      case FieldDescriptor::CPPTYPE_STRING:
        return access_.GetString(message_, field_);
      case FieldDescriptor::CPPTYPE_BOOL:
        return access_.GetBool(message_, field_);
      case FieldDescriptor::CPPTYPE_INT32:
        return access_.GetInt32(message_, field_);
      case FieldDescriptor::CPPTYPE_INT64:
        return access_.GetInt64(message_, field_);
      case FieldDescriptor::CPPTYPE_UINT64:
        return access_.GetUInt64(message_, field_);
      default:
        return nullptr;
    }
  }

  ordered_json Read(int index) const {
    switch (field_->cpp_type()) {
      case FieldDescriptor::CPPTYPE_MESSAGE:
        return MessageJson(access_.GetRepeatedMessage(message_, field_, index));
      case FieldDescriptor::CPPTYPE_STRING:
        return access_.GetRepeatedString(message_, field_, index);
      case FieldDescriptor::CPPTYPE_INT32:
        return access_.GetRepeatedInt32(message_, field_, index);
      case FieldDescriptor::CPPTYPE_INT64:
        return access_.GetRepeatedInt64(message_, field_, index);
      default:
        return nullptr;
    }
  }

  ordered_json ReadAll() const {
    auto list = ordered_json::array();
    for (int i = 0; i < access_.FieldSize(message_, field_); ++i) {
      list.push_back(Read(i));
    }
    return list;
  }

 private:
  const Message& message_;
  const FieldDescriptor* const field_;
  const Reflection& access_;
};

}  // namespace

ordered_json MessageJson(const Message& message) {
  auto object = ordered_json::object();
  const auto& type = *message.GetDescriptor();
  for (int i = 0; i < type.field_count(); ++i) {
    const FieldDescriptor* field = type.field(i);
    const FieldReader reader(message, field);
    object[field->name()] =
        field->is_repeated() ? reader.ReadAll() : reader.Read();
  }
  return object;
}

}  // namespace wanwu::gateway
