// SPDX-License-Identifier: MIT
#include "report/column_words.h"

const column_words column_words_ru = {
    .importance = "Важность столбцов: сколько теряет {metric}, с интервалами 95 % по блокам\n",
    .column = "столбец",
    .share = "доля",
    .explained = "R2",
    .direction = "направление",
    .kinds = {"средний |вклад|", "перестановка", "условная", "без столбца"},
    .in_words = {"по значениям Шепли", "по перестановке", "по условной перестановке",
                 "по обучению без него"},
    .more_raises = "чем больше, тем выше",
    .more_lowers = "чем больше, тем ниже",
    .both_ways = "в обе стороны",
    .by_level = "зависит от значения",
    .strong = "Сильные: {columns}\n",
    .weak = "Слабые: {columns}\n",
    .none = "нет",
    .cluster = "{columns} делят важность: они меняются вместе (Спирмен {spearman}), и каждый из "
               "них по отдельности можно убрать; вместе",
    .cluster_kind = " {kind} {figure}",
    .and = " и ",
    .warning = "предупреждение: {column} объясняется остальными столбцами (R2 {explained}, больше "
               "всего столбцом {partner})",
    .conditional = ": по перестановке {permutation}, но она спрашивает о строках, каких не бывает; "
                   "среди строк, близких по столбцу {partner}, {conditional}",
    .agreement = "Порядок {one} и {other} совпадает на {value} (Спирмен)\n",
    .dispute = "{column}: место {rank_more} {kind_more}, но место {rank_less} {kind_less}",
    .others_know = ": его заменяют остальные столбцы (R2 {explained}, больше всего {partner})",
    .order_stays = ": он меняет оценки, но меньше их порядок",
    .shapes = "Формы: {scale} по накопленным локальным эффектам, обучающих строк {rows}\n",
    .shape = "  {column}: ниже всего при {low} ({low_value}), выше всего при {high} "
             "({high_value})\n",
    .shape_level = "  {column}: ниже всего для {low} ({low_value}), выше всего для {high} "
                   "({high_value}), по частной зависимости\n",
    .flat = "  {column}: ничего не меняет\n",
    .pairs = "Пары, которые сильнее всего действуют вместе: сила ({scale}) и H, обучающих строк "
             "{rows}\n",
    .pair = "  {rank}. {one} и {other}: {strength}, H {h}",
    .pair_shapley = "; по значениям Шепли оценки {value}",
    .scale = {"собственная оценка модели", "вероятность"},
    .changes = "Изменения, после которых вероятность ниже {threshold}: есть у строк: {found}, нет: "
               "{none}, не нужны: {needless}\n",
    .by_model = "",
    .by_fold = " (по модели того блока, где строки не было)",
    .change_needless = "Что изменить{model}: ничего, {p} ниже {threshold}\n",
    .change_found = "Что изменить{model}: с {before} до {after}, ниже {threshold}:",
    .change_of = " {column} с {from} до {to}",
    .change_none = "Что изменить{model}: доступные столбцы не опускают {p} ниже {threshold}",
    .exact = "; меньшего изменения нет\n",
    .searched = "; найдено поиском, возможны и меньшие\n",
    .none_exact = "; испробованы все значения\n",
    .none_searched = "; испробованы не все сочетания\n",
};
