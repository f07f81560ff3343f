#include "client/cli/classify_command.h"

#include <unistd.h>

#include <algorithm>
#include <iostream>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "client/cli/batch_run.h"
#include "client/cli/choice_option.h"
#include "client/cli/classify_report.h"
#include "client/cli/classify_request.h"
#include "client/cli/connection.h"
#include "client/cli/csv_output.h"
#include "client/cli/exit_code.h"
#include "client/cli/file_list.h"
#include "client/cli/interrupt_signal.h"
#include "client/cli/job_command.h"
#include "client/cli/job_options.h"
#include "client/cli/json_output.h"
#include "client/cli/picture_input.h"
#include "client/cli/table_output.h"

namespace wanwu::cli {
namespace {

enum class Format { kTable, kJson, kCsv };

// Enough to keep sending while one early picture is late.
constexpr std::size_t kWindowPerInFlight = 4;

constexpr char kFooter[] =
    "One FILE or URL is sent by itself; several, or a DIR, go through one\n"
    "stream.\n"
    "Of a directory all regular files are sent, sorted by name, without those\n"
    "whose name begins with a dot. Results come in the order of the files.\n"
    "What is at a URL is fetched here, not by the server, one after another:\n"
    "at most 16 MiB, 5 redirects, 10 s to connect and 30 s in all.\n"
    "http_proxy, https_proxy and no_proxy are heeded, and SSL_CERT_FILE as\n"
    "the authorities to trust.\n"
    "Pictures that fail are reported one by one, on standard error or, with\n"
    "json, in their place among the results; the others go on. What a busy\n"
    "server has no room for is sent again when it says so, up to 5 times.\n"
    "\n"
    "With --output_dir all files below one DIR, or those of --list, get one\n"
    "line each in DIR/shard-…/part-….ndjson, under their relative names. "
    "After\n"
    "any end, the same call goes on. Broken pictures are lines with an error,\n"
    "and the exit code is 0 once every picture has its line; a server that is\n"
    "away or busy is waited for. wanwu merge checks and joins the parts.\n"
    "\n"
    "Exit code: 0 all pictures classified, 1 some failed, 2 wrong usage or\n"
    "nothing to classify, 3 no server reached, 130 interrupted, 141 the "
    "reader\n"
    "of the output went away. With --output_dir 1 also says that files could\n"
    "not be listed or written, 2 that the server refuses the request itself.";

struct ClassifyOptions {
  ConnectionOptions connection;
  JobOptions job;
  std::vector<std::string> paths;
  shards::Question question;
  Format format = Format::kTable;
  int max_in_flight = 32;
  bool recursive = false;
  bool csv_bom = false;
};

std::unique_ptr<PictureOutput> MakeOutput(const ClassifyOptions& options) {
  const OutputStreams streams{std::cout, std::cerr};
  switch (options.format) {
    case Format::kJson:
      return std::make_unique<JsonOutput>(std::cout);
    case Format::kCsv:
      return std::make_unique<CsvOutput>(
          streams, options.csv_bom ? CsvOutput::ByteOrderMark::kWritten
                                   : CsvOutput::ByteOrderMark::kNone);
    case Format::kTable:
      break;
  }
  return std::make_unique<TableOutput>(streams, PaletteFor(STDOUT_FILENO));
}

int ClassifyOne(const ClassifyOptions& options) {
  ClassifyReport report(MakeOutput(options), 1);
  const std::string& path = options.paths.front();
  absl::StatusOr<std::string> image = PictureInput().Read(path);
  if (!image.ok()) {
    report.Add({path, image.status()});
    return report.ExitCode();
  }

  const auto client = MakeClient(options.connection);
  if (!ConnectOrExplain(*client, options.connection, std::cerr)) {
    return kExitUnreachable;
  }
  v1::ClassifyRequest request = RequestFrom(options.question);
  request.set_image(*std::move(image));
  report.Add({path, client->Classify(request,
                                     DeadlineIn(options.connection.timeout))});
  return report.ExitCode();
}

int ClassifyMany(const ClassifyOptions& options) {
  const std::vector<ListedFile> files = ListFiles(
      options.paths, options.recursive ? Descend::kYes : Descend::kNo);
  if (files.empty()) {
    std::cerr << "wanwu: no files there; --recursive descends into "
                 "sub-directories\n";
    return kExitUsage;
  }

  // Before the client, whose threads must not die of the signal.
  InterruptSignal interrupt;
  const auto client = MakeClient(options.connection);
  if (!ConnectOrExplain(*client, options.connection, std::cerr)) {
    return kExitUnreachable;
  }
  const auto session =
      client->OpenBatch({.answer_timeout = options.connection.timeout,
                         .max_in_flight = options.max_in_flight,
                         .priority = client::Priority::kBulk});
  ClassifyReport report(MakeOutput(options), files.size());
  const BatchInput input{
      files, RequestFrom(options.question),
      kWindowPerInFlight * static_cast<std::size_t>(options.max_in_flight)};
  BatchRun run(*session, input, [&report](const PictureResult& result) {
    return report.Add(result) ? BatchRun::Next::kContinue
                              : BatchRun::Next::kStop;
  });
  interrupt.Handle([&run] { run.Stop(); });
  run.Run();
  interrupt.Handle(nullptr);
  report.Summarize();
  return interrupt.Raised() ? kExitInterrupted : report.ExitCode();
}

int RunAsJob(const ClassifyOptions& options) {
  if (options.paths.size() > 1) {
    std::cerr << "wanwu: --output_dir takes one DIR\n";
    return kExitUsage;
  }
  return RunJob(options.job, options.paths.empty() ? "" : options.paths.front(),
                options.question, options.connection, options.max_in_flight);
}

int RunClassify(const ClassifyOptions& options) {
  if (!options.job.output_folder.empty()) return RunAsJob(options);
  if (options.paths.empty()) {
    std::cerr << "wanwu: paths is required; see wanwu classify --help\n";
    return kExitUsage;
  }
  if (std::count(options.paths.begin(), options.paths.end(), "-") > 1) {
    std::cerr << "wanwu: '-' (standard input) can be given only once\n";
    return kExitUsage;
  }
  const bool one =
      options.paths.size() == 1 && !IsDirectory(options.paths.front());
  return one ? ClassifyOne(options) : ClassifyMany(options);
}

void AddRequestOptions(CLI::App& command, ClassifyOptions& options) {
  command.add_option("--top_k", options.question.top_k, "Classes per picture")
      ->capture_default_str()
      ->check(CLI::Range(1, 1000));
  command.add_option("--model", options.question.model,
                     "Model name; default: the server's default model");
  command.add_option("--model_version", options.question.model_version,
                     "Version of the model; default: the newest");
  command.add_option("--language", options.question.language,
                     "Language of the labels, such as en (default) or zh");
}

}  // namespace

void AddClassifyCommand(CLI::App& app, std::function<int()>& selected) {
  const auto options = std::make_shared<ClassifyOptions>();
  CLI::App& command =
      *app.add_subcommand("classify",
                          "Say what is on pictures (JPEG, PNG, WebP, GIF, BMP, "
                          "TIFF, AVIF, HEIC)");
  command
      .add_option("paths", options->paths,
                  "Files, directories and URLs (http, https); '-' is "
                  "standard input")
      ->type_name("FILE|DIR|URL");
  AddConnectionOptions(command, options->connection);
  AddRequestOptions(command, *options);
  const std::map<std::string, Format> formats = {{"table", Format::kTable},
                                                 {"json", Format::kJson},
                                                 {"csv", Format::kCsv}};
  AddChoice(command, {"--output", "Format of the results"}, formats,
            options->format);
  command
      .add_option("--max_in_flight", options->max_in_flight,
                  "Pictures of a stream sent ahead of their answers")
      ->capture_default_str()
      ->check(CLI::Range(1, 1024));
  command.add_flag("--recursive", options->recursive,
                   "Take the sub-directories of directories in");
  command
      .add_flag("--csv_bom", options->csv_bom,
                "Begin CSV with a byte order mark, without which Excel garbles "
                "Chinese")
      ->needs("--output");
  AddJobOptions(command, options->job);
  command.footer(kFooter);
  command.callback([options, &selected] {
    selected = [options] { return RunClassify(*options); };
  });
}

}  // namespace wanwu::cli
