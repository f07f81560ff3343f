// The description's texts in Chinese, by their English. zh.test.ts compares them
// with openapi.json.
export const DOCS_ZH: Record<string, string> = {
  "Says what is in pictures.": "识别图片内容。",
  "The REST face of wanwu-server. JSON is the proto3 mapping of the gRPC API wanwu.v1: names in camelCase, int64 as strings, durations as seconds with an s.":
    "wanwu-server 的 REST 接口。JSON 是 gRPC 接口 wanwu.v1 的 proto3 映射：名称用 camelCase，int64 写成字符串，时长写成带 s 的秒数。",
  "What is in a picture.": "图片里是什么。",
  "What is served.": "提供哪些模型。",
  "How it is doing.": "运行状况。",
  "Classify a picture, or several": "识别一张或多张图片",
  "A body that is one picture, or a ClassifyRequest in JSON, is answered with a ClassifyResponse. A form, or a list of requests in JSON, is answered by picture, each with its id; one bad picture does not spoil the others. With `Accept: application/x-ndjson` or `text/event-stream` each of these answers is written as it completes.":
    "请求体是一张图片或 JSON 形式的 ClassifyRequest 时，返回 ClassifyResponse。请求体是表单或 JSON 请求列表时，逐张返回结果，各带其 id；一张图片出错不影响其他图片。使用 `Accept: application/x-ndjson` 或 `text/event-stream` 时，每个结果一完成就写出。",
  "What is in it, or in each of them.": "图片内容，或每张图片的内容。",
  "One Result a line.": "每行一个 Result。",
  "An event `result` with a Result for each picture, then `done`; `error` if the request as a whole failed.":
    "每张图片一个 `result` 事件，内容为 Result，最后是 `done`；整个请求失败时为 `error`。",
  "List every model version": "列出所有模型版本",
  "The models, by name, the newest version first.":
    "所有模型，按名称排列，新版本在前。",
  "Describe one model": "查看一个模型",
  "Absent: the newest that is ready.": "省略时为已就绪的最新版本。",
  "The model.": "模型。",
  "How the server is doing": "服务器运行状况",
  "Once as JSON or, with `Accept: text/event-stream`, once a second as events without a name.":
    "以 JSON 返回一次；使用 `Accept: text/event-stream` 时，每秒一个无名事件。",
  "Rates, percentiles, queue, batch sizes, lanes.":
    "速率、百分位、队列、批大小、推理通道。",
  "A ServerStatus an event.": "每个事件一个 ServerStatus。",
  "Is the gateway alive?": "网关是否在运行？",
  "Yes.": "是。",
  "Is the server reachable and serving?": "服务器是否可达并在提供服务？",
  "The gateway's own figures for Prometheus": "供 Prometheus 使用的网关指标",
  "Text format 0.0.4.": "文本格式 0.0.4。",
  "How many classes. 0: 5.": "返回多少个类别。0 表示 5 个。",
  "Absent: the default model.": "省略时为默认模型。",
  "Language of the labels, BCP-47: English, or Chinese for zh and what begins with it.":
    "名称的语言，BCP-47 标签：zh 及以其开头的标签为中文，其余为英文。",
  "The caller's deadline in milliseconds.": "调用方的期限，单位毫秒。",
  "Bulk work lets interactive work go first.": "批量任务（bulk）让交互任务先行。",
  "Returned as sent, 1 to 128 visible ASCII characters; else one is made up.":
    "1 到 128 个可见 ASCII 字符时原样返回，否则自动生成。",
  "The request's id.": "请求的 id。",
  "Seconds.": "秒数。",
  "What was wrong.": "出了什么错。",
  "Not now; try again.": "暂时不行，请稍后重试。",
  "JPEG, PNG, WebP, GIF, BMP, TIFF, AVIF or HEIC; at most 16 MiB and 64.5 megapixels (a baseline JPEG 220), longer side at most 100 times the shorter, 100 progressive scans.":
    "JPEG、PNG、WebP、GIF、BMP、TIFF、AVIF 或 HEIC；不超过 16 MiB 和 6450 万像素（基线 JPEG 为 2.2 亿），长边不超过短边的 100 倍，渐进式扫描不超过 100 次。",
  "What is wrong with the picture that was classified in spite of it; empty for a sound one.":
    "图片有损坏但仍已识别时，列出损坏之处；完好的图片为空。",
  "The encoded picture, base64 in either alphabet, or a data URL of it.":
    "编码后的图片，base64（两种字母表均可）或其 data URL。",
  "Absent, like top5, if the pictures had no labels.":
    "图片没有标签时省略，top5 亦然。",
  "Returned with the answer. Absent: the picture's number, from 0.":
    "随结果返回。省略时为图片序号，从 0 开始。",
  "Where the time of one picture went, at the server.":
    "一张图片在服务器上的耗时明细。",
  "Pictures in the batch that it travelled in; 0 if the answer was kept.":
    "所在批次的图片数；沿用已保存的结果时为 0。",
  "Whether the server had the answer from an identical picture before. Then decode, queue and inference are 0.":
    "结果是否沿用自之前完全相同的图片；若是，decode、queue 和 inference 均为 0。",
  "A file's name, or the id that was sent.": "文件名，或请求中的 id。",
  "Why it is not ready, or why the changed package of one that is ready was not loaded.":
    "未就绪的原因；已就绪的模型则是更新后的模型包未能加载的原因。",
  "False: the weights are random.": "false 表示权重是随机的。",
  "As measured when the package was made; absent if it was not.":
    "制作模型包时测得；未测则省略。",
  "Rates, percentiles, batch sizes and utilisation cover the window.":
    "速率、百分位、批大小和利用率按该时间窗口统计。",
  "Sums since the start.": "启动以来的累计值。",
  "The HTTP status.": "HTTP 状态码。",
  "The canonical code.": "标准错误码。",
  "google.rpc details: an ErrorInfo with reason, domain and metadata, and what else helps.":
    "google.rpc 错误详情：含 reason、domain、metadata 的 ErrorInfo，以及其他有用的信息。",
  "-1: as many as the caller likes.": "-1 表示数量由调用方决定。",
  "Absent: all. The parameter classification: so many best classes instead, each score:index:label. The parameter binary_data: behind the JSON.":
    "省略时返回全部输出。参数 classification：改为返回相应个数的最佳类别，每个写作“分数:序号:名称”。参数 binary_data：放在 JSON 之后。",
  "All names.": "所有名称。",
  "As ErrorObject, with the message under error.":
    "同 ErrorObject，但消息写在 error 中。",
  "Counts and times.": "次数和时间。",
  "Describe the server": "查看服务器",
  "How many bytes of the body are JSON; absent: all.": "请求体中 JSON 的字节数；省略时为全部。",
  "Is a model ready?": "模型是否就绪？",
  "Its name, version and extensions.": "名称、版本和扩展。",
  "List every name, with its state": "列出所有名称及其状态",
  "Numbers, or pictures in base64, nested or flat. Absent if the parameter binary_data_size says how many bytes behind the JSON they are.":
    "数字，或 base64 形式的图片，可嵌套也可展平。若参数 binary_data_size 指明数据是 JSON 之后的多少字节，则省略。",
  "Run a model on a batch": "对一批数据运行模型",
  "Tensors are JSON, or binary data behind it; pictures in JSON are base64. With `Inference-Header-Content-Length: 0` the body is one encoded picture.":
    "张量写在 JSON 里，或作为二进制数据放在其后；JSON 中的图片用 base64。使用 `Inference-Header-Content-Length: 0` 时，请求体就是一张编码后的图片。",
  "The configuration.": "配置。",
  "The outputs.": "输出。",
  "The part of Triton's configuration of a model that means something here":
    "模型的 Triton 配置中在此有意义的部分",
  "The same by the Open Inference Protocol, version 2, for clients of Triton and KServe.":
    "同样的功能，采用开放推理协议第 2 版，供 Triton 和 KServe 的客户端使用。",
  "This and what stands below it is also there below /v2/models/{model}/versions/{version}.":
    "此路径及其下的路径在 /v2/models/{model}/versions/{version} 下同样可用。",
  "What a model has done since it was loaded": "模型加载以来的统计",
  "What all models have done since they were loaded": "所有模型加载以来的统计",
  "Which tensors a model takes and gives": "模型接受和给出哪些张量",
};
