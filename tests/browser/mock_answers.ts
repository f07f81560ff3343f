// What the mock gateway says. Labels are those of the model packages.

interface MockLabel {
  index: number;
  wordnetId: string;
  en: string;
  zh: string;
  // The sample photograph that it names.
  sample?: string;
}

export const MOCK_LABELS: MockLabel[] = [
  { index: 282, wordnetId: "n02123159", en: "tiger cat", zh: "虎纹猫", sample: "chelsea.png" },
  { index: 285, wordnetId: "n02124075", en: "Egyptian cat", zh: "埃及猫" },
  { index: 281, wordnetId: "n02123045", en: "tabby", zh: "虎斑猫" },
  { index: 287, wordnetId: "n02127052", en: "lynx", zh: "猞猁" },
  { index: 283, wordnetId: "n02123394", en: "Persian cat", zh: "波斯猫" },
  { index: 967, wordnetId: "n07920052", en: "espresso", zh: "浓缩咖啡", sample: "coffee.png" },
  { index: 504, wordnetId: "n03063599", en: "coffee mug", zh: "马克杯" },
  { index: 969, wordnetId: "n07932039", en: "eggnog", zh: "蛋奶酒" },
  { index: 968, wordnetId: "n07930864", en: "cup", zh: "杯子" },
  { index: 925, wordnetId: "n07584110", en: "consomme", zh: "法式清汤" },
  { index: 872, wordnetId: "n04485082", en: "tripod", zh: "三脚架", sample: "camera.png" },
  { index: 732, wordnetId: "n03976467", en: "Polaroid camera", zh: "宝丽来相机" },
  { index: 605, wordnetId: "n03584254", en: "iPod", zh: "iPod" },
  { index: 417, wordnetId: "n02782093", en: "balloon", zh: "热气球" },
  { index: 562, wordnetId: "n03388043", en: "fountain", zh: "喷泉" },
  { index: 744, wordnetId: "n04008634", en: "projectile", zh: "火箭弹", sample: "rocket.jpg" },
  { index: 657, wordnetId: "n03773504", en: "missile", zh: "导弹" },
  { index: 510, wordnetId: "n03095699", en: "container ship", zh: "集装箱船" },
  { index: 812, wordnetId: "n04266014", en: "space shuttle", zh: "航天飞机" },
  { index: 429, wordnetId: "n02799071", en: "baseball", zh: "棒球" },
  { index: 207, wordnetId: "n02099601", en: "golden retriever", zh: "金毛寻回犬" },
  { index: 208, wordnetId: "n02099712", en: "Labrador retriever", zh: "拉布拉多寻回犬" },
  { index: 258, wordnetId: "n02111889", en: "Samoyed", zh: "萨摩耶犬" },
  { index: 13, wordnetId: "n01534433", en: "junco", zh: "灯草鹀" },
  { index: 19, wordnetId: "n01592084", en: "chickadee", zh: "北美山雀" },
  { index: 291, wordnetId: "n02129165", en: "lion", zh: "狮子" },
  { index: 340, wordnetId: "n02391049", en: "zebra", zh: "斑马" },
  { index: 388, wordnetId: "n02510455", en: "giant panda", zh: "大熊猫" },
  { index: 972, wordnetId: "n09246464", en: "cliff", zh: "悬崖" },
  { index: 980, wordnetId: "n09472597", en: "volcano", zh: "火山" },
  { index: 949, wordnetId: "n07745940", en: "strawberry", zh: "草莓" },
  { index: 950, wordnetId: "n07747607", en: "orange", zh: "橙子" },
  { index: 954, wordnetId: "n07753592", en: "banana", zh: "香蕉" },
  { index: 817, wordnetId: "n04285008", en: "sports car", zh: "跑车" },
  { index: 829, wordnetId: "n04335435", en: "streetcar", zh: "有轨电车" },
  { index: 609, wordnetId: "n03594945", en: "jeep", zh: "吉普车" },
  { index: 751, wordnetId: "n04037443", en: "racer", zh: "赛车" },
  { index: 409, wordnetId: "n02708093", en: "analog clock", zh: "指针时钟" },
  { index: 530, wordnetId: "n03196217", en: "digital clock", zh: "数字时钟" },
  { index: 839, wordnetId: "n04366367", en: "suspension bridge", zh: "悬索桥" },
];

// WordNet ids of classes and the kinds of things that they are.
const GROUPS: [RegExp, string, string][] = [
  [/n0209|n0211/, "dog", "狗"],
  [/n021[23]/, "cat", "猫"],
  [/n015/, "bird", "鸟"],
];

// As the gateway makes it of tools/labels/.
export const MOCK_TABLE = (() => {
  const groups = [...GROUPS.map(([, en, zh]) => [en, zh]), ["thing", "事物"]];
  const classes: (string | number)[][] = [];
  for (const { index, wordnetId, en, zh } of MOCK_LABELS) {
    const group = GROUPS.findIndex(([ids]) => ids.test(wordnetId));
    classes[index] = [wordnetId, en, zh, group < 0 ? GROUPS.length : group];
  }
  const unnamed = ["", "", "", GROUPS.length];
  return {
    languages: ["en", "zh"],
    groups,
    classes: Array.from(classes, (row) => row ?? unnamed),
  };
})();

export const MOCK_MODELS = {
  defaultModel: "resnet18",
  models: [
    {
      name: "efficientnet_lite0",
      version: "1",
      state: "STATE_READY",
      precision: "fp32",
      trained: true,
      labelsCount: 1000,
      batchSize: 4,
      input: { width: 224, height: 224, resizeShorterSide: 256 },
      weightsLicence: "Apache-2.0",
      batchTimes: [
        { batchSize: 1, duration: "0.0052s" },
        { batchSize: 8, duration: "0.0301s" },
      ],
      accuracy: { dataset: "shared", images: 500, top1: 0.89, top5: 0.984 },
    },
    {
      name: "resnet18",
      version: "1",
      state: "STATE_READY",
      precision: "int8",
      precisionReason: "the package has it and this CPU has VNNI",
      trained: true,
      labelsCount: 1000,
      batchSize: 8,
      input: { width: 224, height: 224, resizeShorterSide: 256 },
      weightsLicence: "Apache-2.0",
      batchTimes: [
        { batchSize: 1, duration: "0.0052s" },
        { batchSize: 8, duration: "0.0301s" },
      ],
      accuracy: { dataset: "shared", images: 500, top1: 0.846, top5: 0.966 },
    },
    {
      name: "sketchnet",
      version: "3",
      state: "STATE_FAILED",
      stateMessage: "labels.tsv has 12 lines, the manifest says 345",
      precision: "fp32",
      trained: false,
      labelsCount: 345,
    },
    {
      name: "vit_small",
      version: "2",
      state: "STATE_LOADING",
      precision: "fp32",
      trained: true,
      labelsCount: 1000,
    },
  ],
};
