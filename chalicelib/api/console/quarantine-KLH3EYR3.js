import{nb as t,pb as e}from"./chunk-S2X5UH6H.js";function n(){return t(e,{title:"Quarantine",children:"\u2026"})}export{n as default};
