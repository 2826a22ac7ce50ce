import{nb as t,pb as e}from"./chunk-S2X5UH6H.js";function f(){return t(e,{title:"Agent",children:"\u2026"})}export{f as default};
