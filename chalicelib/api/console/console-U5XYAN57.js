import{b as p}from"./chunk-ILQYXTIB.js";import"./chunk-JGBX7DQT.js";import"./chunk-YAY5TOTU.js";import{d as m,dc as o}from"./chunk-2QNLXYX4.js";m(o(p,{}),document.getElementById("app"));
