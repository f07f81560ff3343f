#include "client/cli/models_table.h"

#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "client/cli/aligned_rows.h"
#include "client/cli/display_width.h"
#include "client/cli/state_names.h"

namespace wanwu::cli {
namespace {

const char* StateStyle(v1::Model::State state) {
  if (state == v1::Model::STATE_READY) return kGreen;
  return state == v1::Model::STATE_FAILED ? kRed : "";
}

std::string Percent(float fraction) {
  return absl::StrFormat("%.1f %%", fraction * 100.0);
}

std::string AccuracyText(const v1::Model& model) {
  if (!model.has_accuracy()) return "not measured";
  const v1::Accuracy& accuracy = model.accuracy();
  if (!accuracy.has_top1()) {
    return absl::StrFormat("as fp32 on %s of %d pictures",
                           Percent(accuracy.agreement_with_fp32()),
                           accuracy.images());
  }
  return absl::StrFormat("top-1 %s, top-5 %s on %d pictures",
                         Percent(accuracy.top1()), Percent(accuracy.top5()),
                         accuracy.images());
}

// Only then does the server know more of a model than its name.
bool IsReady(const v1::Model& model) {
  return model.state() == v1::Model::STATE_READY;
}

std::string TrainedText(const v1::Model& model) {
  return model.trained() ? "yes" : "no: random weights";
}

std::string ScoresText(const v1::Model& model) {
  switch (model.scores()) {
    case v1::Model::SCORES_SOFTMAX:
      return "one class of many, they add up to 100 %";
    case v1::Model::SCORES_SIGMOID:
      return "each class by itself, several may be right at once";
    default:
      return "";
  }
}

Row HeaderRow(const std::vector<std::string>& names, const Palette& palette) {
  Row row;
  for (const std::string& name : names) {
    row.push_back({name, palette.Style(kBold)});
  }
  return row;
}

std::string InputText(const v1::Input& input) {
  return absl::StrFormat(
      "%d x %d pixels, cut from the picture at shorter side %d", input.width(),
      input.height(), input.resize_shorter_side());
}

std::string NormalisationText(const v1::Input& input) {
  const auto join = [](const auto& values) {
    return absl::StrJoin(values, ", ");
  };
  return absl::StrCat("(byte / ", input.divisor(), " - mean) / std, mean [",
                      join(input.mean()), "], std [", join(input.std()), "]");
}

// Label and value of what is not empty.
class Facts {
 public:
  explicit Facts(const Palette& palette) : style_(palette.Style(kDim)) {}

  void Add(const std::string& label, const std::string& value) {
    if (!value.empty()) rows_.push_back({{label, style_}, {Printable(value)}});
  }

  std::string Text() const {
    return AlignRows(rows_, {Align::kLeft, Align::kLeft});
  }

 private:
  const std::string style_;
  std::vector<Row> rows_;
};

void AddAccuracy(const v1::Model& model, Facts& facts) {
  facts.Add("accuracy", AccuracyText(model));
  if (!model.has_accuracy()) return;
  const v1::Accuracy& accuracy = model.accuracy();
  facts.Add("  pictures", accuracy.dataset());
  facts.Add("  method", accuracy.method());
  facts.Add("  same as fp32", Percent(accuracy.agreement_with_fp32()));
}

Row BatchTimeRow(const v1::BatchTime& time) {
  const double seconds = static_cast<double>(time.duration().seconds()) +
                         static_cast<double>(time.duration().nanos()) / 1e9;
  const double rate = seconds > 0 ? time.batch_size() / seconds : 0.0;
  return {{absl::StrCat(time.batch_size())},
          {absl::StrFormat("%.2f ms", seconds * 1e3)},
          {absl::StrFormat("%.1f", rate)}};
}

std::string BatchTimes(const v1::Model& model, const Palette& palette) {
  std::vector<Row> rows = {HeaderRow({"BATCH", "TIME", "PICTURES/S"}, palette)};
  for (const v1::BatchTime& time : model.batch_times()) {
    rows.push_back(BatchTimeRow(time));
    if (time.batch_size() == model.batch_size()) {
      rows.back().push_back({"chosen", palette.Style(kGreen)});
    }
  }
  return AlignRows(rows,
                   {Align::kRight, Align::kRight, Align::kRight, Align::kLeft});
}

}  // namespace

std::string ModelsTable(const v1::ListModelsResponse& models,
                        const Palette& palette) {
  std::vector<Row> rows = {HeaderRow({"MODEL", "VERSION", "STATE", "PRECISION",
                                      "BATCH", "TRAINED", "ACCURACY"},
                                     palette)};
  std::string notes;
  for (const v1::Model& model : models.models()) {
    const bool is_default = model.name() == models.default_model();
    const std::string name = Printable(model.name());
    const auto known = [&model](const std::string& text) {
      return IsReady(model) ? text : "-";
    };
    rows.push_back(
        {{name + (is_default ? " (default)" : "")},
         {Printable(model.version())},
         {StateName(model.state()), palette.Style(StateStyle(model.state()))},
         {known(Printable(model.precision()))},
         {known(absl::StrCat(model.batch_size()))},
         {known(TrainedText(model))},
         {known(AccuracyText(model))}});
    if (!model.state_message().empty()) {
      absl::StrAppend(&notes, name, " ", Printable(model.version()), ": ",
                      Printable(model.state_message()), "\n");
    }
  }
  return AlignRows(rows,
                   {Align::kLeft, Align::kRight, Align::kLeft, Align::kLeft,
                    Align::kRight, Align::kLeft, Align::kLeft}) +
         notes;
}

std::string ModelDetails(const v1::Model& model, const Palette& palette) {
  Facts facts(palette);
  facts.Add("model", model.name());
  facts.Add("version", model.version());
  facts.Add("state", StateName(model.state()));
  facts.Add("  because", model.state_message());
  if (!IsReady(model)) return facts.Text();
  facts.Add("precision", model.precision());
  facts.Add("  because", model.precision_reason());
  facts.Add("architecture", model.architecture());
  facts.Add("trained", TrainedText(model));
  facts.Add("weights", model.weights_source());
  facts.Add("licence", model.weights_licence());
  facts.Add("classes", absl::StrCat(model.labels_count()));
  facts.Add("scores", ScoresText(model));
  if (model.has_input()) {
    facts.Add("input", InputText(model.input()));
    facts.Add("  normalised", NormalisationText(model.input()));
  }
  AddAccuracy(model, facts);
  facts.Add("batch size", absl::StrCat(model.batch_size()));
  std::string text = facts.Text();
  if (model.batch_times_size() > 0) text += '\n' + BatchTimes(model, palette);
  return text;
}

}  // namespace wanwu::cli
