// SPDX-License-Identifier: MIT
#include "report/column_words.h"

const column_words column_words_en = {
    .importance = "Importance of columns: what {metric} loses, with 95 % intervals over folds\n",
    .column = "column",
    .share = "share",
    .explained = "R2",
    .direction = "direction",
    .kinds = {"mean |value|", "permutation", "conditional", "drop column"},
    .in_words = {"by Shapley values", "by permutation", "by conditional permutation",
                 "by dropping it"},
    .more_raises = "more raises it",
    .more_lowers = "more lowers it",
    .both_ways = "both ways",
    .by_level = "by level",
    .strong = "Strong: {columns}\n",
    .weak = "Weak: {columns}\n",
    .none = "none",
    .cluster = "{columns} share their importance: they go together (Spearman {spearman}), so that "
               "each alone can be missed; together",
    .cluster_kind = " {kind} {figure}",
    .and = " and ",
    .warning = "warning: {column} is explained by the other columns (R2 {explained}, most by "
               "{partner})",
    .conditional =
        ": by permutation {permutation}, which asks of rows as there are none; exchanged "
        "among rows alike in {partner}, {conditional}",
    .agreement = "Ranks {one} and {other} agree to {value} (Spearman)\n",
    .dispute = "{column} is number {rank_more} {kind_more}, but number {rank_less} {kind_less}",
    .others_know = ": the other columns make up for it (R2 {explained}, most {partner})",
    .order_stays = ": it moves scores, and their order less",
    .shapes = "Shapes: {scale} by accumulated local effects, over {rows} training rows\n",
    .shape = "  {column}: lowest at {low} ({low_value}), highest at {high} ({high_value})\n",
    .shape_level = "  {column}: lowest for {low} ({low_value}), highest for {high} ({high_value}), "
                   "by partial dependence\n",
    .flat = "  {column}: changes nothing\n",
    .pairs = "Pairs that act together most: strength in {scale} and H, over {rows} training rows\n",
    .pair = "  {rank}. {one} and {other}: {strength}, H {h}",
    .pair_shapley = "; by Shapley values of the score {value}",
    .scale = {"the model's own score", "the probability"},
    .changes = "Changes that bring the probability below {threshold}: {found} rows have one, "
               "{none} have none, {needless} need none\n",
    .by_model = "",
    .by_fold = " (by the model of its fold, which has not seen it)",
    .change_needless =
        "What would change it{model}: nothing need change, {p} is below {threshold}\n",
    .change_found = "What would change it{model}: from {before} to {after}, below {threshold}, by",
    .change_of = " {column} from {from} to {to}",
    .change_none =
        "What would change it{model}: of the actionable columns nothing brings {p} below "
        "{threshold}",
    .exact = "; no change is smaller\n",
    .searched = "; found by search, smaller ones are possible\n",
    .none_exact = "; all values were tried\n",
    .none_searched = "; not every combination was tried\n",
};
