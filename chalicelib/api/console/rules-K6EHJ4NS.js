import{nb as e,pb as t}from"./chunk-S2X5UH6H.js";function f(){return e(t,{title:"Rules",children:"\u2026"})}export{f as default};
