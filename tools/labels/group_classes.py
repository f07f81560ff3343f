#!/usr/bin/python3
"""Writes imagenet1k_groups.tsv: for each class the kind of thing that it is, a
node of WordNet 3.0's own tree above it.

WordNet: data.noun of Debian's wordnet-base, unpacked.
"""

import argparse
import pathlib

HERE = pathlib.Path(__file__).resolve().parent

# A class belongs to the first of these that is above it in the tree.
GROUPS = """
02084071 dog 狗
02121808 cat 猫
02120997 wild cat 野生猫科动物
02083346 wild canine 野生犬科动物
02131653 bear 熊
02469914 primate 灵长类
02062017 sea mammal 海兽
02370806 hoofed animal 有蹄动物
02329401 rodent 啮齿动物
01861778 other mammal 其他哺乳动物
01503061 bird 鸟
01726692 snake 蛇
01674464 lizard 蜥蜴
01662784 turtle 龟
01661091 other reptile 其他爬行动物
01627424 amphibian 两栖动物
02512053 fish 鱼
01482071 fish 鱼
01769347 spider, scorpion 蜘蛛与蝎子
02159955 insect 昆虫
01974773 crab, lobster 蟹与虾
01905661 other invertebrate 其他无脊椎动物
00015388 other animal 其他动物
12992868 fungus 真菌
07707451 vegetable 蔬菜
13134947 fruit 水果与果实
07881800 drink 饮料
00021265 food 食物
07555863 food 食物
07566340 food 食物
00017222 plant 植物
02686568 aircraft 航空器
04530566 boat, ship 船
02958343 car 汽车
04490091 truck 卡车
04524313 vehicle 交通工具
03100490 vehicle 交通工具
03800933 musical instrument 乐器
03380867 footwear 鞋
03502509 headwear 帽子
03497657 headwear 帽子
03051540 clothing 服装
03405725 furniture 家具
04565375 weapon 武器
04437953 clock, watch 钟表
03082979 computer 电脑
03528263 household appliance 家用电器
03278248 electronics 电子设备
03733925 measuring instrument 测量仪器
03101986 kitchenware 厨具与餐具
03621049 kitchenware 厨具与餐具
04381994 kitchenware 厨具与餐具
02773037 bag 包袋
02876657 bottle, jug 瓶壶
03094503 container 容器
02778669 ball 球
03414162 sports equipment 运动器材
04285146 sports equipment 运动器材
04451818 tool 工具
03953020 shop, restaurant 店铺
02913152 building 建筑
04341686 structure 构筑物
03309808 fabric 织物
04447443 toiletry 洗护用品
09287968 landscape 自然景观
09366317 landscape 自然景观
00007846 person 人物
03183080 device 装置
03575240 other implement 其他器具
"""
REST = ("00001740", "other thing", "其他事物")


def read_parents(path):
    """Offset of each noun to the offsets of what it is a kind of."""
    parents = {}
    for line in path.read_text(encoding="latin1").splitlines():
        if line.startswith("  "):
            continue
        fields = line.split("|")[0].split()
        at = 4 + 2 * int(fields[3], 16)
        pointers = [fields[at + 1 + 4 * i:at + 5 + 4 * i]
                    for i in range(int(fields[at]))]
        parents[fields[0]] = [offset for symbol, offset, part, _ in pointers
                              if symbol in ("@", "@i") and part == "n"]
    return parents


def above(offset, parents):
    found, todo = set(), [offset]
    while todo:
        current = todo.pop()
        if current not in found:
            found.add(current)
            todo.extend(parents[current])
    return found


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("data_noun", type=pathlib.Path, metavar="data.noun")
    parents = read_parents(parser.parse_args().data_noun)
    groups = []
    for line in GROUPS.strip().splitlines():
        offset, rest = line.split(" ", 1)
        groups.append((offset, *rest.rsplit(" ", 1)))
    lines = ["wordnet_id\tgroup_id\tgroup_en\tgroup_zh"]
    classes = (HERE / "imagenet1k.tsv").read_text(encoding="utf-8")
    for row in classes.splitlines()[1:]:
        wordnet_id = row.split("\t")[1]
        kinds = above(wordnet_id[1:], parents)
        group = next((one for one in groups if one[0] in kinds), REST)
        lines.append("\t".join([wordnet_id, f"n{group[0]}", *group[1:]]))
    (HERE / "imagenet1k_groups.tsv").write_text("\n".join(lines) + "\n",
                                                encoding="utf-8")


main()
