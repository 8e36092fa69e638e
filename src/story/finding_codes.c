// SPDX-License-Identifier: MIT
#include "story/finding_codes.h"

static const struct {
    unsigned code;
    story_text meaning;
} findings[] = {
    {FINDING_OVERFITS,
     {{"The best trial scores higher on the rows that it was fitted on than on those it "
       "had not seen, by .01 or more. A large gap is no fault by itself (nearest "
       "neighbours with weights by distance always know their own rows), but of two "
       "trials that are equal on unseen rows the one with the smaller gap is the safer.",
       "Лучшее испытание на строках обучения получает заметно больше (от 0,01), чем на "
       "незнакомых. Большой разрыв сам по себе не ошибка (ближайшие соседи с весами по "
       "расстоянию свои строки знают всегда), но из двух равных надёжнее то, у которого "
       "он меньше."}}},
    {FINDING_GAIN_IS_LUCK,
     {{"Whoever takes the best of many takes some luck with it. perebor assess chooses "
       "again and again without a third of the rows and scores the choice on these; the "
       "difference is this luck. Promise the corrected score.",
       "Кто берёт лучшее из многих, берёт и немного везения. perebor assess выбирает "
       "снова и снова без трети строк и оценивает выбор на них; разница и есть везение. "
       "Обещайте исправленную оценку."}}},
    {FINDING_SEARCH_GOES_ON,
     {{"By Dodge and others' expected best, the last doubling of the number of trials "
       "still brought more than .002. More trials are likely to bring more.",
       "По ожидаемому лучшему (Додж и др.) последнее удвоение числа испытаний дало больше "
       "0,002. Продолжение поиска, скорее всего, даст ещё."}}},
    {FINDING_AT_EDGE,
     {{"Half of the best trials have this setting in the outer tenth of its range, and "
       "chance does not explain it: the optimum may lie outside. Widen the range in the "
       "experiment and search on.",
       "У половины лучших испытаний эта настройка лежит в крайней десятой своих границ, и "
       "случай этого не объясняет: лучшее может быть снаружи. Расширьте границы и ищите "
       "дальше."}}},
    {FINDING_TRIALS_FAILED,
     {{"Trials that failed are no part of any comparison. If they fail for one kind of "
       "settings, the search knows nothing of that kind.",
       "Неудавшиеся испытания ни с чем не сравниваются. Если не удаётся один вид "
       "настроек, о нём поиск ничего не знает."}}},
    {FINDING_NOT_CONVERGED,
     {{"The solver stopped at its limit of iterations before it reached its tolerance. "
       "The score is that of the model as it was; another limit would give another model.",
       "Решатель остановился на пределе шагов, не дойдя до точности. Оценка — у модели, "
       "какая получилась; другой предел дал бы другую модель."}}},
    {FINDING_UNFINISHED,
     {{"Everything in this report is of the trials that are finished. perebor run "
       "--resume goes on.",
       "Всё в этом отчёте — о законченных испытаниях. perebor run --resume продолжит."}}},
    {FINDING_WITHIN_NOISE,
     {{"On these folds the resampled t, corrected for what folds share, does not tell the "
       "winner from so many other trials, at 5 %. Which of them is really best is not "
       "known; take the simplest, the fastest, or the one that is easiest to explain.",
       "t с поправкой на общее у блоков не отличает на них победителя от стольких "
       "других на уровне 5 %. Кто из них лучше на деле, неизвестно; берите самое простое, "
       "быстрое или понятное."}}},
    {FINDING_TEST_DIFFERS,
     {{"The score that the folds promised lies outside of DeLong's 95 % on the test part. "
       "Chance does that once in twenty times; else the test part is of other rows, or "
       "the choice was lucky.",
       "Обещанная блоками оценка лежит вне 95 % Делонга на проверочной части. Случайно "
       "так бывает раз в двадцать; иначе там другие строки или выбору повезло."}}},
    {FINDING_TEST_SEEN,
     {{"Whoever looks at the test part and then searches on, chooses by it too. Its "
       "scores are too good from then on.",
       "Кто посмотрел на проверочную часть и искал дальше, выбирает уже и по ней. С этого "
       "времени её оценки завышены."}}},
    {FINDING_NOT_CALIBRATED,
     {{"Spiegelhalter's test says at 1 % that probabilities do not mean what they say. "
       "The order of rows is not concerned; costs, thresholds and values at risk are. "
       "perebor refit --calibrate makes others.",
       "Тест Шпигельхальтера на уровне 1 % говорит, что вероятности не значат того, что "
       "говорят. Порядок строк это не задевает, а цены, пороги и ценность под риском — "
       "да. perebor refit --calibrate сделает другие."}}},
    {FINDING_WIDE_INTERVAL,
     {{"The interval of the best score is wider than .1. More rows narrow it; more "
       "repeats of the folds do a little.",
       "Интервал лучшей оценки шире 0,1. Сузят его новые строки; повторы блоков — "
       "немного."}}},
    {FINDING_NESTED_IS_LOWER,
     {{"Nested cross-validation searches anew without each outer fold and scores the "
       "choice there: it knows no luck of choosing. Believe it rather than the best "
       "score.",
       "Вложенная проверка ищет заново без каждого внешнего блока и оценивает выбор на "
       "нём: везения выбора в ней нет. Верьте ей больше, чем лучшей оценке."}}},
    {FINDING_IMBALANCE,
     {{"A model that always says the larger class has a high accuracy. Look at recall, "
       "precision and costs; let the search weigh classes.",
       "Модель, всегда называющая больший класс, очень «точна». Смотрите на полноту, "
       "точность и цены; дайте поиску взвесить классы."}}},
    {FINDING_DIRT_LEFT,
     {{"perebor profile finds these after the cleaning steps, and proposes the step that "
       "would mend each.",
       "perebor profile находит это после шагов чистки и предлагает шаг, который "
       "исправит."}}},
    {FINDING_LEAK,
     {{"A column tells the target better than a measurement can, or an identifier or the "
       "order of rows does: something that is not known yet when one predicts. Take it "
       "out, unless you know why it may stay.",
       "Столбец (или идентификатор, или порядок строк) знает цель лучше, чем может "
       "измерение: похоже на то, чего при предсказании ещё не известно. Уберите, если не "
       "знаете, почему можно оставить."}}},
    {FINDING_ROWS_DROPPED,
     {{"More than a tenth of the rows were dropped by filters. What the model says of "
       "such rows, nobody has checked.",
       "Отсеяно больше десятой части строк. Что модель скажет о таких строках, никто не "
       "проверял."}}},
    {FINDING_COLUMNS_UNUSED,
     {{"The model does not look at these columns: whatever they cost to collect, it can "
       "do without.",
       "На эти столбцы модель не смотрит: чего бы ни стоило их собирать, она обойдётся."}}},
    {FINDING_COLUMNS_TOGETHER,
     {{"These columns go together, so each alone can be missed, and importance by leaving "
       "one out is low for each. Read their importance together.",
       "Эти столбцы ходят вместе, потому каждый по отдельности можно убрать, и важность "
       "по удалению у каждого мала. Смотрите их важность вместе."}}},
    {FINDING_KINDS_DISAGREE,
     {{"Kinds of importance ask different questions: how far a column moves scores, what "
       "is lost if its values are exchanged, what is lost if the model never had it. "
       "Where they disagree much, other columns make up for it, or it moves scores "
       "without changing their order.",
       "Виды важности отвечают на разные вопросы: насколько столбец двигает оценки, что "
       "теряется при перестановке значений, что — если бы модель его не знала. Где они "
       "сильно расходятся, столбец заменяют другие, или он двигает оценки, не меняя "
       "порядка."}}},
    {FINDING_SEGMENT_MISSED,
     {{"The mean probability of the segment and the share that was observed differ by more "
       "than chance, also when all segments are tested at once (Holm). Do not take its "
       "probabilities at their word.",
       "Средняя вероятность сегмента и наблюдённая доля различаются сильнее случая, и с "
       "учётом того, что проверены все сегменты сразу (Холм). Не верьте его вероятностям "
       "на слово."}}},
    {FINDING_UPLIFT_ASSUMED,
     {{"Nothing in the tables says what an offer does: nobody in them was "
       "treated. The uplifts are assumptions of the catalogue, and the plan is "
       "as good as they are. Send it to all but those held out, log what came "
       "of it, and perebor campaign measures it.",
       "В таблицах нет ничего о действии предложений: никому в них ничего не "
       "предлагали. Эффект предположен в каталоге, и план хорош настолько, "
       "насколько верно предположение. Разошлите всем, кроме отложенных, "
       "запишите, что вышло, и perebor campaign измерит."}}},
    {FINDING_CAMPAIGN,
     {{"The treated were compared with those held out at random, adjusted by "
       "the model's probability (Lin 2013). Where the interval has 0 in it, the "
       "campaign was too small or offers do little: repeat it and add the logs "
       "up before the catalogue is changed.",
       "Получивших сравнили с отложенными наугад, с поправкой на вероятность "
       "модели (Лин, 2013). Если в интервале есть 0, кампания мала или "
       "предложения действуют слабо: повторите её и сложите записи, прежде чем "
       "менять каталог."}}},
    {FINDING_NOT_COMPARABLE,
     {{"The files differ in what a fair test needs: rows, folds or their record.",
       "Файлы различаются в том, что нужно для честной проверки: строки, блоки или их "
       "запись."}}},
    {FINDING_PROVED_WORSE,
     {{"Both were scored on the same rows, and the difference is larger than chance "
       "explains.",
       "Оба оценены на тех же строках, и разница больше, чем объясняет случай."}}},
    {FINDING_NOTHING_PROVED,
     {{"No difference was proved. That is no proof that there is none: see the interval.",
       "Различие не доказано. Это не доказывает, что его нет: смотрите интервал."}}},
    {FINDING_STALE,
     {{"The stage was made before the search went on or the model changed. What it says "
       "may not hold any more, and is not shown.",
       "Стадия сделана до продолжения поиска или смены модели. Её выводы могли устареть и "
       "не показаны."}}},
};

const story_text *finding_meaning(unsigned code) {
    for (size_t i = 0; i < sizeof findings / sizeof *findings; i++) {
        if (findings[i].code == code) {
            return &findings[i].meaning;
        }
    }
    return NULL;
}
