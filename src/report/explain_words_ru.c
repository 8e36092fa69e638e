// SPDX-License-Identifier: MIT
#include "report/explain_words.h"

const explain_words explain_words_ru = {
    .language = "ru",
    .stage = "Объяснено строк: {rows}; столбцов, на которые смотрит модель: {columns}\n",
    .game =
        {"  игра      с подстановкой: неизвестные столбцы взяты из обучающих строк ({background} "
         "случайных из {training})\n",
         "  игра      по путям дерева: по неизвестному столбцу идём в обе стороны, в долях "
         "обучающих строк\n",
         "  игра      с переобучением: неизвестных столбцов при обучении не было\n"},
    .scale = {"  шкала     собственная оценка модели\n", "  шкала     вероятность\n"},
    .exact = "  вклады    точные значения Шепли\n",
    .drawn = "  вклады    значения Шепли по случайным порядкам, пока стандартная ошибка больше "
             "{error}\n",
    .baseline = "  основа    {baseline}, то есть вероятность «{positive}» {p}; вместе с ней вклады "
                "строки дают её оценку с точностью {gap}\n",
    .rounded = "            (оценки округлены до кратных {grain})\n",
    .heading_column = "столбец",
    .heading_effect = "средний вклад",
    .heading_direction = "направление",
    .more_raises = "чем больше, тем выше",
    .more_lowers = "чем больше, тем ниже",
    .both_ways = "в обе стороны",
    .by_level = "зависит от значения",
    .unused = "Модель не смотрит на столбцы: {columns}\n",
    .row = "{name} {id}: по модели, обученной на всех обучающих строках, вероятность «{positive}» "
           "{after}; если о строке ничего не знать, {before}\n",
    .no_id = "строка",
    .raises = "{rank}. {column} = {value} (обычно {usual}) повышает оценку на {size}{error}\n",
    .lowers = "{rank}. {column} = {value} (обычно {usual}) понижает оценку на {size}{error}\n",
    .no_effect = "    {column} = {value} ничего не меняет\n",
    .sum = "  {before} {values} = {after} на шкале оценки\n",
    .missing = "нет данных",
};
