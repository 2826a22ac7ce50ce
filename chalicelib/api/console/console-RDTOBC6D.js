import{b as p}from"./chunk-LQNF5OPQ.js";import"./chunk-7JOMCRPP.js";import"./chunk-YAY5TOTU.js";import{d as m,dc as o}from"./chunk-2QNLXYX4.js";m(o(p,{}),document.getElementById("app"));
