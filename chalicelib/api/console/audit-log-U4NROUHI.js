import{R as o,a as t}from"./chunk-ZOEILQPV.js";import"./chunk-2WTMYVGC.js";function f(){return t(o,{title:"Audit log",children:"\u2026"})}export{f as default};
